-- The same calls at other prices. `read_more`: the part of the uncached input that a cache would have read.
SELECT
  c.model AS model,
  sum(c.weight) AS calls,
  sumIf(c.weight, c.hypothetical_usd IS NOT NULL AND c.cost_usd IS NOT NULL) AS calls_priced,
  sumIf(c.weight, c.cost_usd IS NULL) AS calls_without_cost,
  sumIf(c.weight, c.cost_usd IS NOT NULL AND c.too_long) AS calls_too_long,
  sumIf(c.weight * c.cost_usd, c.hypothetical_usd IS NOT NULL) AS actual_usd,
  sumIf(c.weight * c.hypothetical_usd, c.cost_usd IS NOT NULL) AS hypothetical_usd,
  sum(c.weight * c.cost_usd) AS all_usd
FROM (
  SELECT k.model AS model, k.weight AS weight, k.cost_usd AS cost_usd,
    $rules AS candidates,
    arrayFirst(r -> r.tier = {tier:String} AND r.valid_from <= $priced_at AND $priced_at < r.valid_to AND k.input_tokens > r.above
      AND r.day_from <= toUnixTimestamp(k.start) % 86400 AND toUnixTimestamp(k.start) % 86400 < r.day_to, candidates) AS other,
    least(k.written, toFloat64(ifNull(k.cache_write_1h_tokens, 0))) AS long,
    ifNull(k.input_tokens > other.context, false) AS too_long,
    k.uncached * {read_more:Float64} AS more,
    if(too_long, NULL, $cost) AS hypothetical_usd
  FROM $cacheable AS k
  WHERE k.kind = 'llm'
) AS c
GROUP BY c.model
ORDER BY actual_usd DESC NULLS LAST, model
