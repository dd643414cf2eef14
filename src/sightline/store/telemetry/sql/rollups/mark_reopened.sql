-- The hours of traces that are open again.
INSERT INTO rollup_dirty
SELECT DISTINCT project, toDateTime(arrayJoin(range(toUInt32(toStartOfHour(min_start)), toUInt32(toStartOfHour(max_start)) + 1, 3600)), 'UTC'), now64(3, 'UTC')
FROM reopened_traces
