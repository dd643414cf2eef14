-- The pass's calls, and every other span that says its usage, each with the nearest such span above it. What a call leaves out its log
-- events may say, and the HTTP client's span below it, after whose end the clock of some instrumentations begins.
INSERT INTO settling_calls
SELECT c.project, c.trace_id, c.span_id, o.near, c.kind, c.scope_name,
  toUnixTimestamp64Nano(c.start), toUnixTimestamp64Nano(c.start) + toInt64(ifNull(c.duration_ns, 0)), c.parent_span_id IS NULL,
  (c.http_status IS NULL AND h.seen_status IS NOT NULL) OR (h.parent_id != '' AND c.late_ns > 0) OR e.span_id != '', c.response_id,
  c.provider, c.request_model, coalesce(c.response_model, e.response_model), coalesce(c.finish_reason, e.finish_reason), c.service_tier,
  c.temperature, c.max_tokens, c.streamed,
  coalesce(c.ttft_ns, if(h.parent_id != '' AND c.late_ns > 0, accurateCastOrNull(h.answered_ns - toUnixTimestamp64Nano(c.start) + c.late_ns, 'UInt64'), NULL)),
  coalesce(c.http_status, h.seen_status), c.prompt_name, c.prompt_version, c.reported_cost_usd, coalesce(c.input_tokens, e.input_tokens), coalesce(c.output_tokens, e.output_tokens),
  coalesce(c.cache_read_tokens, e.cache_read_tokens), coalesce(c.cache_write_tokens, e.cache_write_tokens), c.cache_write_1h_tokens,
  coalesce(c.reasoning_tokens, e.reasoning_tokens), c.input_audio_tokens, c.output_audio_tokens, c.input_image_tokens,
  c.output_image_tokens, c.web_searches
FROM (
  SELECT *, if({{late_clock}} AND streamed, toInt64(least(1e15, greatest(0, attr_double['gen_ai.server.time_to_first_token'] * 1e9))), 0) AS late_ns
  FROM spans
  WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
    AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
    AND (project, trace_id, span_id) IN (SELECT project, trace_id, span_id FROM settling_spans WHERE step = 0 AND near = span_id)
) AS c
LEFT ANY JOIN (SELECT project, trace_id, span_id, near FROM settling_spans WHERE step = {step:UInt8}) AS o
  ON c.project = o.project AND c.trace_id = o.trace_id AND c.parent_span_id = o.span_id
LEFT ANY JOIN (
  SELECT project, trace_id, assumeNotNull(parent_span_id) AS parent_id, argMax(http_status, start) AS seen_status,
    max(toUnixTimestamp64Nano(start) + toInt64(ifNull(duration_ns, 0))) AS answered_ns
  FROM spans
  WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
    AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
    AND kind = 'other' AND span_kind = 'client' AND http_status IS NOT NULL AND parent_span_id IS NOT NULL
  GROUP BY project, trace_id, parent_id
) AS h ON c.project = h.project AND c.trace_id = h.trace_id AND c.span_id = h.parent_id
LEFT ANY JOIN (
  SELECT project, trace_id, span_id,
    anyIf(v, v IS NOT NULL) AS finish_reason,
    anyIf(nullIf(attr_string['gen_ai.response.model'], ''), attr_string['gen_ai.response.model'] != '') AS response_model,
    anyIf(toNullable(toUInt64(greatest(0, attr_int['gen_ai.usage.input_tokens']))), mapContains(attr_int, 'gen_ai.usage.input_tokens')) AS input_tokens,
    anyIf(toNullable(toUInt64(greatest(0, attr_int['gen_ai.usage.output_tokens']))), mapContains(attr_int, 'gen_ai.usage.output_tokens')) AS output_tokens,
    coalesce(anyIf(toNullable(toUInt64(greatest(0, attr_int['gen_ai.usage.cache_read.input_tokens']))), mapContains(attr_int, 'gen_ai.usage.cache_read.input_tokens')),
      anyIf(toUInt64OrNull(extract(body, 'cached_tokens=(\\d+)')), is_usage)) AS cache_read_tokens,
    anyIf(toNullable(toUInt64(greatest(0, attr_int['gen_ai.usage.cache_creation.input_tokens']))), mapContains(attr_int, 'gen_ai.usage.cache_creation.input_tokens')) AS cache_write_tokens,
    coalesce(anyIf(toNullable(toUInt64(greatest(0, attr_int['gen_ai.usage.reasoning.output_tokens']))), mapContains(attr_int, 'gen_ai.usage.reasoning.output_tokens')),
      anyIf(toUInt64OrNull(extract(body, 'reasoning_tokens=(\\d+)')), is_usage)) AS reasoning_tokens
  FROM (
    SELECT *, coalesce(nullIf(JSONExtractString(attr_other['gen_ai.response.finish_reasons'], 1), ''), nullIf(JSONExtractString(body, 'finish_reason'), '')) AS said,
      {{finish_reason}} AS v, startsWith(scope_name, 'semantic_kernel.connectors.ai.open_ai.') AND match(body, '^"?OpenAI usage: CompletionUsage\\(') AS is_usage
    FROM events
    WHERE source = 'log' AND (name IN ('gen_ai.client.inference.operation.details', 'gen_ai.choice') OR is_usage) AND NOT {{estimates}}
      AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
      AND toStartOfFiveMinutes(received) IN (
        SELECT arrayJoin([toStartOfFiveMinutes(min_received), toStartOfFiveMinutes(max_received)]) FROM trace_arrivals
        WHERE (project, trace_id) IN (SELECT project, trace_id FROM settling_traces))
  )
  GROUP BY project, trace_id, span_id
) AS e ON c.project = e.project AND c.trace_id = e.trace_id AND c.span_id = e.span_id
