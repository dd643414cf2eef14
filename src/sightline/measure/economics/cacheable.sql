-- Calls that a provider's cache could have served, with unit prices: by what the call itself cost, else by the price list. Where a price
-- has no rate of its own for reads or writes they were charged within the input. Every step is a table of its own: what an expression is
-- made of is analysed once and not wherever it is used.
(SELECT *,
  if(charged_as_input > 0, input_cost_usd / charged_as_input, NULL) AS own_input_usd,
  coalesce(own_input_usd, rule.input) AS input_usd,
  multiIf(read_apart, cache_read_cost_usd / read, read > 0 AND cost_usd IS NOT NULL, input_usd, coalesce(rule.cache_read, rule.input)) AS read_usd,
  multiIf(written_apart, cache_write_cost_usd / written, written > 0 AND cost_usd IS NOT NULL, input_usd, NULL) AS write_usd
FROM (
  SELECT *,
    greatest(0, input_tokens - read - written) AS uncached,
    read > 0 AND ifNull(cache_read_cost_usd > 0 OR rule.cache_read = 0, false) AS read_apart,
    written > 0 AND ifNull(cache_write_cost_usd > 0 OR rule.cache_write = 0, false) AS written_apart,
    input_tokens - if(read_apart, read, 0) - if(written_apart, written, 0) AS charged_as_input
  FROM (
    SELECT
      c.*,
      toFloat64(ifNull(c.cache_read_tokens, 0)) AS read,
      toFloat64(ifNull(c.cache_write_tokens, 0)) AS written,
      p.rules AS rules,
      arrayFirst(r -> r.tier IN ('', ifNull(c.service_tier, '')) AND r.valid_from <= c.start AND c.start < r.valid_to
        AND r.day_from <= toUnixTimestamp(c.start) % 86400 AND toUnixTimestamp(c.start) % 86400 < r.day_to AND c.input_tokens > r.above, p.rules) AS rule
    FROM $calls AS c
    LEFT ANY JOIN $rules AS p
      ON c.kind = p.kind AND c.priced_provider = p.provider AND c.priced_model = p.model AND c.priced_request = p.request_model
    WHERE c.kind IN ('llm', 'embedding') AND c.input_tokens IS NOT NULL AND c.served_from_cache IS DISTINCT FROM true
  )
))
