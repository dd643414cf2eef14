-- Traces that nothing came for since the quiet time, if their root is there, and those that were waited for long enough.
INSERT INTO settling_traces
SELECT project, trace_id, max(max_received) AS last_received
FROM trace_arrivals
GROUP BY project, trace_id
HAVING last_received <= fromUnixTimestamp64Nano({until_ns:Int64}, 'UTC') AND ((max(has_root) AND last_received < now64(9, 'UTC') - toIntervalMillisecond({quiet_ms:UInt64}))
  OR last_received < now64(9, 'UTC') - toIntervalMillisecond({patience_ms:UInt64}))
ORDER BY last_received
LIMIT {most:UInt64}
