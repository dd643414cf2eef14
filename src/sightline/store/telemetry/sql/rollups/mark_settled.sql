-- The hours that this pass changes.
INSERT INTO rollup_dirty
SELECT DISTINCT project, toStartOfHour(start_bucket), now64(3, 'UTC') FROM trace_arrivals
WHERE (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND start_bucket > toDateTime(0, 'UTC')
