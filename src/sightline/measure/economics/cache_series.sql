-- The provider's cache over time.
SELECT
  intDiv(toUnixTimestamp64Nano(c.start), {width:Int64}) AS time,
  sum(c.weight) AS calls, sumIf(c.weight, c.read > 0) AS hits, sumIf(c.weight, c.cache_read_tokens IS NULL) AS silent_calls,
  sum(c.weight * c.input_tokens) AS input_tokens, sum(c.weight * c.cache_read_tokens) AS cache_read_tokens,
  sumIf(c.weight * c.read * (c.input_usd - c.read_usd), c.read > 0) AS saved_usd
FROM $cacheable AS c
GROUP BY time
ORDER BY time
LIMIT {rows:UInt64}
