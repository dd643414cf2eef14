-- A call takes over what only its wrapper says, and what its log events and its HTTP client's span say. Where a span in another trace tells
-- of the same call from nearer the provider (inside this one's time) and counts other output, that one is right.
INSERT INTO settling_wraps
SELECT i.project, i.trace_id, i.span_id, true, i.kind, nullIf(o.span_id, ''),
  coalesce(i.provider, o.provider), coalesce(i.request_model, o.request_model), coalesce(i.response_model, o.response_model),
  coalesce(i.finish_reason, o.finish_reason), coalesce(i.service_tier, o.service_tier), coalesce(i.temperature, o.temperature),
  coalesce(i.max_tokens, o.max_tokens), coalesce(i.streamed, o.streamed),
  coalesce(i.ttft_ns, if(o.span_id != '' AND toInt64(o.ttft_ns) > i.start_ns - o.start_ns, toUInt64(toInt64(o.ttft_ns) - (i.start_ns - o.start_ns)), NULL)),
  coalesce(i.http_status, o.http_status), coalesce(i.prompt_name, o.prompt_name), coalesce(i.prompt_version, o.prompt_version),
  coalesce(i.reported_cost_usd, o.reported_cost_usd), coalesce(i.input_tokens, o.input_tokens), coalesce(t.output_tokens, i.output_tokens, o.output_tokens),
  coalesce(i.cache_read_tokens, o.cache_read_tokens), coalesce(i.cache_write_tokens, o.cache_write_tokens),
  coalesce(i.cache_write_1h_tokens, o.cache_write_1h_tokens), coalesce(i.reasoning_tokens, o.reasoning_tokens),
  coalesce(i.input_audio_tokens, o.input_audio_tokens), coalesce(i.output_audio_tokens, o.output_audio_tokens),
  coalesce(i.input_image_tokens, o.input_image_tokens), coalesce(i.output_image_tokens, o.output_image_tokens),
  coalesce(i.web_searches, o.web_searches), true
FROM settling_calls AS i
LEFT ANY JOIN (SELECT project, trace_id, inner_id, outer_id FROM settling_pairs WHERE is_call AND inner_id != '') AS p
  ON i.project = p.project AND i.trace_id = p.trace_id AND i.span_id = p.inner_id
LEFT ANY JOIN settling_calls AS o ON p.project = o.project AND p.trace_id = o.trace_id AND p.outer_id = o.span_id
LEFT ANY JOIN (
  SELECT a.project AS project, a.trace_id AS trace_id, a.span_id AS span_id, x.output_tokens AS output_tokens
  FROM settling_calls AS a
  INNER JOIN (SELECT * FROM call_index WHERE (project, response_id) IN (SELECT project, assumeNotNull(response_id) FROM settling_calls WHERE response_id IS NOT NULL)) AS x
    ON a.project = x.project AND a.response_id = x.response_id
  WHERE a.kind IN ('llm', 'embedding', 'rerank') AND x.trace_id != a.trace_id AND x.scope_name != a.scope_name AND x.lone
    AND a.start_ns <= x.start_ns AND x.end_ns <= a.end_ns AND a.input_tokens = x.input_tokens AND a.output_tokens != x.output_tokens
) AS t ON i.project = t.project AND i.trace_id = t.trace_id AND i.span_id = t.span_id
WHERE (p.inner_id != '' OR i.helped OR t.span_id != '')
  AND (i.project, i.trace_id, i.span_id) NOT IN (SELECT project, trace_id, outer_id FROM settling_pairs)
