-- Where these traces' spans lie, so that the primary key finds them. Log records have no start and lie nowhere.
INSERT INTO settling_buckets
SELECT DISTINCT start_bucket FROM trace_arrivals
WHERE (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND start_bucket > toDateTime(0, 'UTC')
