DELETE FROM traces_settled
WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
  AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
