-- All settled spans that answer for a request, with what money asks of them.
(SELECT
  $groups,
  start >= $from AS is_now,
  start, trace_id, span_id, parent_span_id, kind, stage, task, feature, provider, model, prompt_name, prompt_version, tool_name, attempt,
  service_tier, status, error_type, finish_reason, served_from_cache, input_tokens, output_tokens, weight,
  if(usage_counted, cost_usd, NULL) AS cost_usd,
  if(isFinite(revenue_usd), revenue_usd, NULL) AS revenue_usd,
  usage_counted AND (kind IN ('llm', 'embedding') OR (kind = 'rerank' AND coalesce(provider, model) IS NOT NULL) OR cost_usd IS NOT NULL OR input_tokens IS NOT NULL OR output_tokens IS NOT NULL) AS is_call,
  is_call AND cost_usd IS NOT NULL AS priced,
  is_call AND cost_usd IS NULL AND (input_tokens IS NOT NULL OR output_tokens IS NOT NULL OR status != 'error') AS without_cost
FROM $source
  AND settled)
