-- How many of the newest calls are read: up to `calls`, and up to `most_tokens` of input in all; and when they arrived.
SELECT
  countIf(fits) AS rows_read, sumIf(weight, fits AND is_now) AS calls_read, sumIf(weight, is_now) AS calls_in_window,
  sumIf(weight * input_tokens, fits AND is_now) AS tokens_read, sumIf(weight * input_tokens, is_now) AS tokens_in_window,
  toUnixTimestamp64Nano(minIf(received, fits)) AS first_received_ns, toUnixTimestamp64Nano(maxIf(received, fits)) AS last_received_ns
FROM (
  SELECT is_now, weight, input_tokens, received,
    sum(toUInt128(input_tokens)) OVER w <= {most_tokens:UInt64} AND row_number() OVER w <= {calls:UInt64} AS fits
  FROM $calls AS c
  WHERE kind = 'llm' AND input_tokens IS NOT NULL AND served_from_cache IS DISTINCT FROM true
  WINDOW w AS (ORDER BY start DESC, trace_id, span_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
