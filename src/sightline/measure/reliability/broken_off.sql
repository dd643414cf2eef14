-- Calls that ran out of time, streams that ended before their answer did, and the calls of traces in which nothing was tried again.
SELECT
  sumIf(s.weight, s.error_type = 'timeout') AS timeouts,
  sumIf(s.weight, s.streamed) AS streams,
  sumIf(s.weight * s.weight, s.streamed) AS streams_squared,
  sumIf(s.weight, s.streamed AND s.error_type = 'cancelled') AS cancelled_streams,
  sumIf(s.weight, s.streamed AND s.failed AND ifNull(s.error_type != 'cancelled', true)) AS broken_streams,
  sum(s.weight) AS calls, sum(s.weight * s.weight) AS squared,
  sumIf(s.weight, s.single) AS single_calls, sumIf(s.weight * s.weight, s.single) AS single_squared, sumIf(s.weight, s.single AND NOT s.failed) AS single_succeeded
FROM (
  SELECT *, trace_id NOT IN (SELECT trace_id FROM $spans WHERE kind = 'llm' AND attempt > 1) AS single FROM $spans WHERE kind = 'llm'
) AS s
