-- Calls that ran out of time, and streams that ended before their answer did.
SELECT
  sumIf(s.weight, s.error_type = 'timeout') AS timeouts,
  sumIf(s.weight, s.streamed) AS streams,
  sumIf(s.weight * s.weight, s.streamed) AS streams_squared,
  sumIf(s.weight, s.streamed AND s.error_type = 'cancelled') AS cancelled_streams,
  sumIf(s.weight, s.streamed AND s.failed AND ifNull(s.error_type != 'cancelled', true)) AS broken_streams,
  sum(s.weight) AS calls, sum(s.weight * s.weight) AS squared
FROM $spans AS s
WHERE s.kind = 'llm'
