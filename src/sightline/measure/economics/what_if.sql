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
    -- what has a price of its own is taken out of what it is part of, as when calls are priced (sql/price_calls.sql)
    if(other.input_audio IS NULL, 0, least(k.uncached - more, toFloat64(ifNull(k.input_audio_tokens, 0)))) AS audio,
    if(other.input_image IS NULL, 0, least(k.uncached - more - audio, toFloat64(ifNull(k.input_image_tokens, 0)))) AS image,
    toFloat64(ifNull(k.output_tokens, 0)) AS output,
    if(other.output_audio IS NULL, 0, least(output, toFloat64(ifNull(k.output_audio_tokens, 0)))) AS spoken,
    if(other.output_image IS NULL, 0, least(output - spoken, toFloat64(ifNull(k.output_image_tokens, 0)))) AS drawn,
    if(other.reasoning IS NULL, 0, least(output - spoken - drawn, toFloat64(ifNull(k.reasoning_tokens, 0)))) AS thought,
    if(too_long, NULL, $cost) AS hypothetical_usd
  FROM $cacheable AS k
  WHERE k.kind = 'llm'
) AS c
GROUP BY c.model
ORDER BY actual_usd DESC NULLS LAST, model
