-- A wrapper keeps what it says and leaves every measure of calls: it counts no usage, and is no call.
INSERT INTO settling_wraps
SELECT c.project, c.trace_id, c.span_id, false, if(c.kind IN ('llm', 'embedding', 'rerank'), 'chain', c.kind), NULL,
  c.provider, c.request_model, c.response_model, c.finish_reason, c.service_tier, c.temperature, c.max_tokens, c.streamed, c.ttft_ns,
  c.http_status, c.prompt_name, c.prompt_version, c.reported_cost_usd, c.input_tokens, c.output_tokens, c.cache_read_tokens,
  c.cache_write_tokens, c.cache_write_1h_tokens, c.reasoning_tokens, c.input_audio_tokens, c.output_audio_tokens, c.input_image_tokens,
  c.output_image_tokens, c.web_searches, true
FROM settling_calls AS c
WHERE (c.project, c.trace_id, c.span_id) IN (SELECT project, trace_id, outer_id FROM settling_pairs)
