-- Every span with what it says itself and its parent as the first ancestor to ask. `near`: itself, where it is a call or says its usage.
INSERT INTO settling_spans
SELECT 0, project, trace_id, span_id, ifNull(parent_span_id, ''),
  if(kind IN ('llm', 'embedding', 'rerank') OR input_tokens IS NOT NULL OR output_tokens IS NOT NULL, span_id, NULL),
  task, environment, release, feature, user_id, session_id, tenant
FROM spans
WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
  AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
