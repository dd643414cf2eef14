-- Spend by groups, in the window (`is_now`) and in the one before it. By request first: a request is counted once in each group.
SELECT *, max(ifNull(cost_usd, 0)) OVER (PARTITION BY group_key) AS size, uniqExact(group_key) OVER () AS group_count
FROM (
  SELECT
    r.group_key AS group_key, r.is_now AS is_now, any(r.texts) AS texts, groupUniqArrayArray(r.kinds) AS kinds,
    sum(r.request_weight) AS requests,
    sumIf(r.request_weight, r.cost IS NOT NULL) AS requests_priced,
    sum(r.calls) AS calls, sum(r.priced_calls) AS priced_calls, sum(r.unpriced_calls) AS unpriced_calls,
    sum(r.unknown_usage_calls) AS unknown_usage_calls,
    sum(r.cost) AS cost_usd,
    sum(r.uncached_input) AS uncached_input_usd, sum(r.cache_read) AS cache_read_usd, sum(r.cache_write) AS cache_write_usd,
    sum(r.output) AS output_usd, sum(r.other) AS other_usd, sum(r.reported) AS reported_usd,
    sum(r.tokens_in) AS input_tokens, sum(r.tokens_out) AS output_tokens,
    sum(r.tokens_read) AS cache_read_tokens, sum(r.tokens_written) AS cache_write_tokens, sum(r.tokens_reasoned) AS reasoning_tokens
  FROM (
    SELECT
      c.group_key AS group_key, c.is_now AS is_now, any($texts) AS texts, groupUniqArray($kinds) AS kinds,
      max(c.weight) AS request_weight,
      sum(c.weight) AS calls, sumIf(c.weight, c.priced) AS priced_calls, sumIf(c.weight, c.unpriced) AS unpriced_calls,
      sumIf(c.weight, c.unknown_usage) AS unknown_usage_calls,
      sum(c.weight * c.cost_usd) AS cost,
      sum(c.weight * c.input_cost_usd) AS uncached_input, sum(c.weight * c.cache_read_cost_usd) AS cache_read,
      sum(c.weight * c.cache_write_cost_usd) AS cache_write, sum(c.weight * c.output_cost_usd) AS output,
      sum(c.weight * c.other_cost_usd) AS other, sum(c.weight * c.reported_usd) AS reported,
      sum(c.weight * c.input_tokens) AS tokens_in, sum(c.weight * c.output_tokens) AS tokens_out,
      sum(c.weight * c.cache_read_tokens) AS tokens_read, sum(c.weight * c.cache_write_tokens) AS tokens_written,
      sum(c.weight * c.reasoning_tokens) AS tokens_reasoned
    FROM $calls AS c
    GROUP BY c.group_key, c.is_now, cityHash64(c.trace_id)
  ) AS r
  GROUP BY r.group_key, r.is_now
)
ORDER BY size DESC, group_key, is_now
LIMIT {rows:UInt64}
