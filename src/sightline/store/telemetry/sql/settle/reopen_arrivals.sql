-- The whole trace is open again, wherever its spans lie; `min_received` says that its first arrival is known.
INSERT INTO trace_arrivals (project, trace_id, start_bucket, min_received, max_received, has_root)
SELECT project, trace_id, toDateTime(arrayJoin(range(toUInt32(toStartOfFiveMinutes(min_start)), toUInt32(toStartOfFiveMinutes(max_start)) + 1, 300)), 'UTC'),
  min_received, min_received,
  (project, trace_id) IN (SELECT project, trace_id FROM traces_settled
    WHERE root_span_id IS NOT NULL AND start >= (SELECT min(min_start) FROM reopened_traces) AND start <= (SELECT max(max_start) FROM reopened_traces)
      AND (project, trace_id) IN (SELECT project, trace_id FROM reopened_traces))
FROM reopened_traces
