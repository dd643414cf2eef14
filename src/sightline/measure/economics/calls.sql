-- What money is spent on, one row a call: counted and settled rows of models, and whatever else has a price or usage. Non-finite numbers of
-- senders are unknown.
(SELECT
  $groups,
  start >= $from AS is_now,
  start, trace_id, span_id, parent_span_id, wrapper_span_id, session_id, kind, stage, task, provider, request_model, model, streamed, status, error_type,
  finish_reason, attempt, fallback_of, service_tier, served_from_cache, prompt_name, prompt_version, config_hash, temperature, max_tokens,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, reasoning_tokens,
  input_audio_tokens, input_image_tokens, output_audio_tokens, output_image_tokens, web_searches,
  cost_usd, input_cost_usd, cache_read_cost_usd, cache_write_cost_usd, output_cost_usd, other_cost_usd,
  if(isFinite(reported_cost_usd), reported_cost_usd, NULL) AS reported_usd,
  weight, received,
  -- the names that the price list knows a call by
  if(kind = 'tool', ifNull(toString(tool_name), ''), ifNull(toString(response_model), '')) AS priced_model,
  ifNull(toString(request_model), '') AS priced_request, ifNull(toString(provider), '') AS priced_provider,
  cost_usd IS NOT NULL AS priced,
  cost_usd IS NULL AND (input_tokens IS NOT NULL OR output_tokens IS NOT NULL) AS unpriced,
  cost_usd IS NULL AND input_tokens IS NULL AND output_tokens IS NULL AND status != 'error' AS unknown_usage
FROM $source
  AND settled AND usage_counted
  -- a re-ranking without a model is the application's own
  AND (kind IN ('llm', 'embedding') OR (kind = 'rerank' AND coalesce(provider, model) IS NOT NULL) OR cost_usd IS NOT NULL OR input_tokens IS NOT NULL OR output_tokens IS NOT NULL))
