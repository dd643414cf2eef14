-- Settled spans that answer for a request: a wrapper that repeats its call is left out. `failed`: it ended in an error; `origin`: that
-- began here, so that an error counts once however far it travelled.
(SELECT
  $groups,
  start, trace_id, span_id, parent_span_id, kind, stage, task, service, provider, model, request_model, tool_name, streamed,
  status, error_type, status_message, silent_failure, finish_reason, attempt, fallback_of, duration_ns, weight, kind = 'other' AND span_kind = 'client' AS is_http,
  status = 'error' OR error_type IS NOT NULL AS failed, ifNull(error_origin, false) AS origin
FROM $source
  AND settled AND usage_counted)
