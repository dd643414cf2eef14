-- Traces with new arrivals that were seen before their oldest open arrival: they were settled, and got something late.
INSERT INTO reopened_traces
SELECT a.project, a.trace_id, i.min_start, i.max_start, i.min_received
FROM (
  SELECT project, trace_id, min(min_received) AS first_received FROM trace_arrivals
  GROUP BY project, trace_id HAVING max(max_received) > fromUnixTimestamp64Nano({since_ns:Int64}, 'UTC')
      AND max(max_received) <= fromUnixTimestamp64Nano({until_ns:Int64}, 'UTC')
) AS a
INNER JOIN (
  SELECT project, trace_id, min(min_start) AS min_start, max(max_start) AS max_start, min(min_received) AS min_received
  FROM trace_index
  WHERE (project, trace_id) IN (
    SELECT project, trace_id FROM trace_arrivals GROUP BY project, trace_id
    HAVING max(max_received) > fromUnixTimestamp64Nano({since_ns:Int64}, 'UTC')
      AND max(max_received) <= fromUnixTimestamp64Nano({until_ns:Int64}, 'UTC'))
  GROUP BY project, trace_id
) AS i ON a.project = i.project AND a.trace_id = i.trace_id
WHERE i.min_received < a.first_received
