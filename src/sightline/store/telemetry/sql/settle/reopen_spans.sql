UPDATE spans SET settled = false
WHERE settled AND start >= (SELECT min(min_start) FROM reopened_traces) AND start <= (SELECT max(max_start) FROM reopened_traces)
  AND (project, trace_id) IN (SELECT project, trace_id FROM reopened_traces)
