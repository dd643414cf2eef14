-- The provider's cache by groups, in the window (`is_now`) and in the one before it.
SELECT *, max(size_tokens) OVER (PARTITION BY group_key) AS size, uniqExact(group_key) OVER () AS group_count
FROM (
  SELECT
    c.group_key AS group_key, c.is_now AS is_now, any($texts) AS texts, groupUniqArray($kinds) AS kinds,
    sum(c.weight) AS calls,
    sumIf(c.weight, c.read > 0) AS hits,
    sumIf(c.weight, c.cache_read_tokens IS NULL) AS silent_calls,
    sum(c.weight * c.input_tokens) AS input_tokens,
    sum(c.weight * c.cache_read_tokens) AS cache_read_tokens,
    sum(c.weight * c.cache_write_tokens) AS cache_write_tokens,
    sumIf(c.weight * c.written * c.write_usd, c.written > 0) AS cache_write_usd,
    sumIf(c.weight * c.read * (c.input_usd - c.read_usd), c.read > 0) AS saved_usd,
    sumIf(c.weight * c.read, c.read > 0 AND c.input_usd IS NOT NULL AND c.read_usd IS NOT NULL) AS saved_tokens,
    sumIf(c.weight, c.read > 0 AND c.own_input_usd IS NULL AND c.input_usd IS NOT NULL AND c.read_usd IS NOT NULL) AS hits_by_list,
    sumIf(c.weight, c.read > 0 AND (c.input_usd IS NULL OR c.read_usd IS NULL)) AS hits_unpriced,
    sumIf(c.weight * c.written * (c.write_usd - c.input_usd), c.written > 0) AS write_premium_usd,
    sumIf(c.weight * c.written, c.written > 0 AND c.write_usd IS NOT NULL AND c.input_usd IS NOT NULL) AS premium_tokens,
    sumIf(c.weight * c.written * (c.write_usd - c.input_usd), c.written > 0 AND c.read_usd IS NOT NULL) AS premium_comparable_usd,
    sumIf(c.weight * c.written * (c.input_usd - c.read_usd), c.written > 0 AND c.write_usd IS NOT NULL) AS written_saving_usd,
    ifNull(input_tokens, 0) AS size_tokens
  FROM $cacheable AS c
  GROUP BY c.group_key, c.is_now
)
ORDER BY size DESC, group_key, is_now
LIMIT {rows:UInt64}
