-- Settled requests that match and whose root said how long they took; of a sample of times one in so many by their ids.
(SELECT trace_id, weight, start, toFloat64(duration_ns) AS value
FROM $source
  AND root_span_id IS NOT NULL AND duration_ns IS NOT NULL AND ($sampled) AND cityHash64(trace_id) % {every:UInt64} = 0)
