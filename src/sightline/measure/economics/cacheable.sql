-- Calls that a provider's cache could have served, with unit prices: by what the call itself cost, else by the price list.
(SELECT
  c.*,
  toFloat64(ifNull(c.cache_read_tokens, 0)) AS read,
  toFloat64(ifNull(c.cache_write_tokens, 0)) AS written,
  greatest(0, c.input_tokens - read - written) AS uncached,
  p.rules AS rules,
  arrayFirst(r -> r.tier IN ('', ifNull(c.service_tier, '')) AND r.valid_from <= c.start AND c.start < r.valid_to
    AND r.day_from <= toUnixTimestamp(c.start) % 86400 AND toUnixTimestamp(c.start) % 86400 < r.day_to AND c.input_tokens > r.above, p.rules) AS rule,
  if(uncached > 0, c.input_cost_usd / uncached, NULL) AS own_input_usd,
  if(read > 0, c.cache_read_cost_usd / read, NULL) AS own_read_usd,
  coalesce(own_input_usd, rule.input) AS input_usd,
  coalesce(own_read_usd, rule.cache_read) AS read_usd
FROM $calls AS c
LEFT ANY JOIN $rules AS p
  ON c.kind = p.kind AND ifNull(c.provider, '') = p.provider AND ifNull(c.model, '') = p.model AND ifNull(c.request_model, '') = p.request_model
WHERE c.kind IN ('llm', 'embedding') AND c.input_tokens IS NOT NULL AND c.served_from_cache IS DISTINCT FROM true)
