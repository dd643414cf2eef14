-- Settled spans that answer for a request: a wrapper that repeats its call is left out. `failed`: it ended in an error; `origin`: nothing
-- below it failed too, so that an error counts where it began. A client's HTTP span is no origin where the call above it failed.
(SELECT
  $groups,
  start, trace_id, span_id, parent_span_id, kind, stage, task, service, provider, model, request_model, tool_name, streamed,
  status, error_type, status_message, silent_failure, finish_reason, attempt, fallback_of, duration_ns, weight,
  status = 'error' OR error_type IS NOT NULL AS failed,
  failed AND (trace_id, span_id) NOT IN (
      SELECT trace_id, assumeNotNull(parent_span_id) FROM spans
      WHERE project = {project:String} AND $near AND (status = 'error' OR error_type IS NOT NULL) AND parent_span_id IS NOT NULL AND kind != 'other')
    AND NOT (kind = 'other' AND (trace_id, ifNull(parent_span_id, '')) IN (
      SELECT trace_id, span_id FROM spans WHERE project = {project:String} AND $near AND (status = 'error' OR error_type IS NOT NULL))) AS origin
FROM $source
  AND settled AND usage_counted)
