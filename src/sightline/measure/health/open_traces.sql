-- Traces that are not settled, and how long ago the last of those arrived that have waited longest since their root is there.
SELECT count() AS open, if(countIf(has_root) = 0, 0, dateDiff('millisecond', minIf(last_received, has_root), now64(3, 'UTC'))) AS quiet_for_ms
FROM (SELECT max(has_root) AS has_root, max(max_received) AS last_received FROM trace_arrivals GROUP BY project, trace_id)
