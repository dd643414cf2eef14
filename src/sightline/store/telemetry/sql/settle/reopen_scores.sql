UPDATE scores SET settled = false
WHERE settled AND (project, trace_id) IN (SELECT project, trace_id FROM reopened_traces)
