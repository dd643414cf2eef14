-- Settled requests that match and whose root said how long they took; one in {every} of them, by their ids.
(SELECT trace_id, weight, toFloat64(duration_ns) AS value
FROM $source
  AND root_span_id IS NOT NULL AND duration_ns IS NOT NULL AND cityHash64(trace_id) % {every:UInt64} = 0)
