-- What came since the pick stays open.
DELETE FROM trace_arrivals WHERE (project, trace_id, max_received) IN (
  SELECT a.project, a.trace_id, a.max_received FROM trace_arrivals AS a
  INNER JOIN settling_traces AS t ON a.project = t.project AND a.trace_id = t.trace_id
  WHERE a.max_received <= t.last_received)
