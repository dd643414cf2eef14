CREATE MATERIALIZED VIEW spans_flatten TO spans_flat AS
SELECT
  project, received_ns, key_id, resource_string, resource_other, scope_name, scope_version, scope_other,
  lower(hex(s.trace_id)) AS trace_id,
  lower(hex(s.span_id)) AS span_id,
  if(s.parent_span_id = unhex('0000000000000000'), '', lower(hex(s.parent_span_id))) AS parent_id,
  s.name AS name,
  transform(s.kind, [1, 2, 3, 4, 5], ['internal', 'server', 'client', 'producer', 'consumer'], 'unspecified') AS span_kind,
  s.trace_state AS trace_state,
  s.start_time_unix_nano AS start_ns,
  s.end_time_unix_nano AS end_ns,
  s.status.code AS status_code,
  s.status.message AS status_message,
  s.attributes.key AS keys,
  s.attributes.value AS vals,
  s.events.name AS event_names,
  s.events.time_unix_nano AS event_times,
  s.events.attributes AS event_attributes,
  if(empty(s.links), '', toJSONString(arrayMap(l -> map('trace_id', lower(hex(l.trace_id)), 'span_id', lower(hex(l.span_id)),
    'trace_state', l.trace_state, 'attributes', toJSONString(mapFromArrays(l.attributes.key, arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), l.attributes.value)))), s.links))) AS links
FROM (
  SELECT project, received_ns, key_id, resource_string, resource_other, ss.scope.name AS scope_name, ss.scope.version AS scope_version,
    mapFromArrays(ss.scope.attributes.key, arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), ss.scope.attributes.value)) AS scope_other, ss.spans AS spans
  FROM (
    SELECT project, received_ns, key_id, mapFromArrays(arrayFilter((k, w) -> w = 'string_value', rs.resource.attributes.key, rs.resource.attributes.value.which), arrayFilter((v, w) -> w = 'string_value', rs.resource.attributes.value.string_value, rs.resource.attributes.value.which)) AS resource_string, mapFromArrays(arrayFilter((k, w) -> w != 'string_value', rs.resource.attributes.key, rs.resource.attributes.value.which), arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), arrayFilter((v, w) -> w != 'string_value', rs.resource.attributes.value, rs.resource.attributes.value.which))) AS resource_other,
      rs.scope_spans AS scope_spans
    FROM (
      SELECT e.project AS project, e.received_ns AS received_ns, e.key AS key_id, e.resource_spans AS resource_spans
      FROM otlp_traces_in ARRAY JOIN envelopes AS e
    )
    ARRAY JOIN resource_spans AS rs
  )
  ARRAY JOIN scope_spans AS ss
)
ARRAY JOIN spans AS s;

CREATE MATERIALIZED VIEW spans_decode TO spans_decoded AS
SELECT
  * EXCEPT (keys, vals, string_keys, strings, is_content, which, slots),
  mapFromArrays(arrayFilter((k, c) -> NOT c, string_keys, is_content), arrayFilter((v, c) -> NOT c, strings, is_content)) AS attr_inline,
  mapFromArrays(arrayFilter((k, c) -> c, string_keys, is_content), arrayFilter((v, c) -> c, strings, is_content)) AS attr_content,
  mapFromArrays(arrayFilter((k, w) -> w = 3, keys, which), arrayFilter((v, w) -> w = 3, vals.int_value, which)) AS attr_int,
  mapFromArrays(arrayFilter((k, w) -> w = 4, keys, which), arrayFilter((v, w) -> w = 4, vals.double_value, which)) AS attr_double,
  mapFromArrays(arrayFilter((k, w) -> w = 2, keys, which), arrayFilter((v, w) -> w = 2, vals.bool_value, which)) AS attr_bool,
  mapFromArrays(arrayFilter((k, w) -> w IN (0, 5, 7, 1000), keys, which), arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), arrayFilter((v, w) -> w IN (0, 5, 7, 1000), vals, which))) AS attr_other,
  arraySort(arrayConcat(arrayFilter((s, w, v) -> w = 1 AND v != '' AND s > 0 AND s < 25600, slots, which, vals.string_value), arrayFilter((s, w, v) -> w = 1 AND v != '' AND s > 0, arrayMap(k -> toUInt16(transform(toString(k), ['gen_ai.operation.name', 'llm.request.type', 'ai.operationId'], [1280, 1281, 1282], 0)), keys), which, vals.string_value))) AS text_slots,
  arrayMap(s -> toUInt16(intDiv(s, 64)), text_slots) AS text_facts,
  arraySort((v, s) -> s, arrayConcat(arrayFilter((v, w, s) -> w = 1 AND v != '' AND s > 0 AND s < 25600, vals.string_value, which, slots), arrayFilter((v, w, s) -> w = 1 AND v != '' AND s > 0, vals.string_value, which, arrayMap(k -> toUInt16(transform(toString(k), ['gen_ai.operation.name', 'llm.request.type', 'ai.operationId'], [1280, 1281, 1282], 0)), keys))), arrayConcat(arrayFilter((s, w, v) -> w = 1 AND v != '' AND s > 0 AND s < 25600, slots, which, vals.string_value), arrayFilter((s, w, v) -> w = 1 AND v != '' AND s > 0, arrayMap(k -> toUInt16(transform(toString(k), ['gen_ai.operation.name', 'llm.request.type', 'ai.operationId'], [1280, 1281, 1282], 0)), keys), which, vals.string_value))) AS text_values,
  arrayMap(s -> toUInt16(intDiv(s, 64)), arraySort(arrayFilter(s -> s >= 25600, slots))) AS number_facts,
  arraySort((v, s) -> s, arrayMap((v, s) -> multiIf(v.which = 'int_value', toFloat64(v.int_value), v.which = 'double_value', v.double_value, v.which = 'bool_value', toFloat64(v.bool_value), v.string_value = 'true', 1., v.string_value = 'false', 0., ifNull(toFloat64OrNull(v.string_value), nan)) * transform(s, [26113, 26114, 26115, 26116], [1000000000.0, 1000000000.0, 1000000.0, 1000000000.0], 1.), arrayFilter((v, s) -> s >= 25600, vals, slots), arrayFilter(s -> s >= 25600, slots)), arrayFilter(s -> s >= 25600, slots)) AS number_values,
  arrayMap(a -> mapFromArrays(arrayFilter((k, w) -> w = 'string_value', a.key, a.value.which), arrayFilter((v, w) -> w = 'string_value', a.value.string_value, a.value.which)), event_attributes) AS event_attrs,
  start_ns + 34560000000000000 < received_ns OR start_ns > received_ns + 86400000000000 AS start_flagged,
  fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received,
  fromUnixTimestamp64Nano(toInt64(if(start_flagged, received_ns, start_ns)), 'UTC') AS start
FROM (
  SELECT *, arrayMap((k, v) -> (k IN ('input.value', 'output.value', 'gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions', 'gen_ai.tool.definitions', 'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result', 'gen_ai.retrieval.documents', 'gen_ai.prompt', 'gen_ai.completion', 'llm.prompt_template.template', 'llm.prompt_template.variables', 'tool.parameters', 'traceloop.entity.input', 'traceloop.entity.output', 'langfuse.observation.input', 'langfuse.observation.output', 'langfuse.trace.input', 'langfuse.trace.output', 'ai.prompt', 'ai.prompt.messages', 'ai.prompt.tools', 'ai.response.text', 'ai.response.object', 'ai.response.toolCalls', 'ai.toolCall.args', 'ai.toolCall.result', 'pydantic_ai.all_messages', 'all_messages_events', 'final_result', 'request_data', 'response_data', 'mlflow.spanInputs', 'mlflow.spanOutputs', 'tool_arguments', 'tool_response', 'sightline.decision', 'sightline.state') OR startsWith(k, 'llm.input_messages.') OR startsWith(k, 'llm.output_messages.') OR startsWith(k, 'llm.tools.') OR startsWith(k, 'llm.prompts.') OR startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.') OR startsWith(k, 'embedding.embeddings.') OR startsWith(k, 'gen_ai.prompt.') OR startsWith(k, 'gen_ai.completion.') OR startsWith(k, 'traceloop.prompt.')) OR length(v) > 1024, string_keys, strings) AS is_content
  FROM (
    SELECT *,
      CAST(vals.which, 'Array(UInt16)') AS which,
      arrayFilter((k, w) -> w = 1, keys, which) AS string_keys,
      arrayFilter((v, w) -> w = 1, vals.string_value, which) AS strings,
      arrayMap(k -> toUInt16(transform(toString(k), ['sightline.kind', 'openinference.span.kind', 'langfuse.observation.type', 'ai.operationId', 'traceloop.span.kind', 'gen_ai.operation.name', 'llm.request.type', 'mlflow.spanType', 'error.type', 'langfuse.observation.level', 'langfuse.observation.status_message', 'llm.invocation_parameters', 'langfuse.observation.model.parameters', 'langfuse.observation.usage_details', 'metadata', 'sightline.environment', 'deployment.environment.name', 'deployment.environment', 'langfuse.environment', 'sightline.release', 'langfuse.release', 'sightline.stage', 'traceloop.entity.name', 'ai.telemetry.functionId', 'sightline.task', 'gen_ai.workflow.name', 'traceloop.workflow.name', 'langfuse.trace.name', 'sightline.feature', 'sightline.user_id', 'user.id', 'enduser.id', 'traceloop.association.properties.user_id', 'langfuse.user.id', 'ai.telemetry.metadata.userId', 'sightline.session_id', 'gen_ai.conversation.id', 'session.id', 'traceloop.association.properties.session_id', 'langfuse.session.id', 'ai.telemetry.metadata.sessionId', 'sightline.tenant', 'tenant.id', 'deployment.tenant', 'traceloop.association.properties.tenant', 'langfuse.trace.metadata.tenant', 'ai.telemetry.metadata.tenant', 'sightline.provider', 'gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system', 'ai.model.provider', 'sightline.request_model', 'gen_ai.request.model', 'llm.request.model_name', 'embedding.model_name', 'llm.request.model', 'ai.model.id', 'sightline.response_model', 'gen_ai.response.model', 'llm.response.model_name', 'llm.model_name', 'llm.response.model', 'langfuse.observation.model.name', 'ai.response.model', 'gen_ai.response.id', 'ai.response.id', 'gen_ai.request.temperature', 'ai.settings.temperature', 'gen_ai.request.max_tokens', 'ai.settings.maxOutputTokens', 'ai.settings.maxTokens', 'llm.finish_reason', 'llm.response.finish_reason', 'langfuse.observation.metadata.finish_reason', 'ai.response.finishReason', 'anthropic.message.stop_reason', 'sightline.tool_name', 'gen_ai.tool.name', 'tool.name', 'tool_call.function.name', 'ai.toolCall.name', 'gen_ai.agent.name', 'agent.name', 'sightline.input_tokens', 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.token_count.prompt', 'llm.usage.prompt_tokens', 'ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens', 'sightline.output_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.token_count.completion', 'llm.usage.completion_tokens', 'ai.usage.outputTokens', 'ai.usage.completionTokens', 'gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens', 'llm.token_count.prompt_details.cache_read', 'ai.usage.cachedInputTokens', 'ai.usage.inputTokenDetails.cacheReadTokens', 'gen_ai.usage.details.cache_read_tokens', 'gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_write.input_tokens', 'gen_ai.usage.cache_creation_input_tokens', 'llm.token_count.prompt_details.cache_write', 'ai.usage.inputTokenDetails.cacheWriteTokens', 'gen_ai.usage.details.cache_write_tokens', 'gen_ai.usage.reasoning.output_tokens', 'gen_ai.usage.reasoning_tokens', 'llm.token_count.completion_details.reasoning', 'ai.usage.reasoningTokens', 'ai.usage.outputTokenDetails.reasoningTokens', 'gen_ai.usage.details.reasoning_tokens', 'sightline.revenue_usd', 'sightline.ttft_ns', 'gen_ai.response.time_to_first_chunk', 'gen_ai.client.operation.time_to_first_chunk', 'ai.response.msToFirstChunk', 'gen_ai.server.time_to_first_token', 'sightline.streamed', 'gen_ai.request.stream', 'gen_ai.is_streaming', 'llm.is_streaming', 'http.response.status_code', 'http.status_code', 'sightline.attempt', 'sightline.fallback_of', 'sightline.tool_is_error', 'gen_ai.tool.is_error', 'mcp.tool.is_error', 'sightline.served_from_cache', 'sightline.query', 'gen_ai.retrieval.query.text', 'sightline.index_version', 'sightline.prompt_name', 'langfuse.observation.prompt.name', 'sightline.prompt_version', 'llm.prompt_template.version', 'langfuse.observation.prompt.version'], [64, 65, 66, 67, 68, 69, 70, 71, 128, 192, 256, 320, 384, 448, 512, 576, 577, 578, 579, 640, 641, 704, 705, 706, 768, 769, 770, 771, 832, 896, 897, 898, 899, 900, 901, 960, 961, 962, 963, 964, 965, 1024, 1025, 1026, 1027, 1028, 1029, 1088, 1089, 1090, 1091, 1092, 1093, 1152, 1153, 1154, 1155, 1156, 1157, 1216, 1217, 1218, 1219, 1220, 1221, 1222, 1344, 1345, 25600, 25601, 25664, 25665, 25666, 1408, 1409, 1410, 1411, 1412, 1472, 1473, 1474, 1475, 1476, 1536, 1537, 25728, 25729, 25730, 25731, 25732, 25733, 25734, 25735, 25792, 25793, 25794, 25795, 25796, 25797, 25798, 25856, 25857, 25858, 25859, 25860, 25861, 25920, 25921, 25922, 25923, 25924, 25925, 25984, 25985, 25986, 25987, 25988, 25989, 26048, 26112, 26113, 26114, 26115, 26116, 26176, 26177, 26178, 26179, 26240, 26241, 26304, 1600, 26368, 26369, 26370, 26432, 1664, 1665, 1728, 1792, 1793, 1856, 1857, 1858], 0)), keys) AS slots
    FROM spans_flat
  )
);

CREATE MATERIALIZED VIEW spans_write TO spans AS
WITH
  if(trace_state = '', '', extract(trace_state, 'ot=(?:[^,]*;)?th:([0-9a-f]{1,14})(?:[;,]|$)')) AS th
SELECT
  * EXCEPT (attr_inline),
  attr_inline AS attr_string,
  if(th = '', 1., 1. / (1. - reinterpretAsUInt64(reverse(unhex(rightPad(th, 14, '0')))) / 72057594037927936.)) AS weight
FROM (
  SELECT
  nullIf(resource_string['service.name'], '') AS service,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 9)), nullIf(resource_string['deployment.environment.name'], ''), nullIf(resource_string['deployment.environment'], '')) AS environment,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 10)), nullIf(resource_string['service.version'], '')) AS release,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 11)), name) AS stage,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 12)), if(parent_id = '', name, NULL)) AS task,
  arrayElementOrNull(text_values, indexOf(text_facts, 13)) AS feature,
  arrayElementOrNull(text_values, indexOf(text_facts, 14)) AS user_id,
  arrayElementOrNull(text_values, indexOf(text_facts, 15)) AS session_id,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 16)), nullIf(JSONExtractString(arrayElementOrNull(text_values, indexOf(text_facts, 8)), 'tenant'), '')) AS tenant,
  transform(arrayElementOrNull(text_values, indexOf(text_facts, 17)), ['openai.chat', 'openai.responses', 'openai.completion', 'openai.embedding', 'OpenAI', 'anthropic.messages', 'Anthropic', 'google.generative-ai', 'google.vertex.chat', 'az.ai.openai', 'azure.chat', 'azure.responses'], ['openai', 'openai', 'openai', 'openai', 'openai', 'anthropic', 'anthropic', 'gcp.gemini', 'gcp.vertex_ai', 'azure.ai.openai', 'azure.ai.openai', 'azure.ai.openai'], arrayElementOrNull(text_values, indexOf(text_facts, 17))) AS provider,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 18)), nullIf(attr_content['reranker.model_name'], ''), nullIf(JSONExtractString(arrayElementOrNull(text_values, indexOf(text_facts, 5)), 'model'), '')) AS request_model,
  arrayElementOrNull(text_values, indexOf(text_facts, 19)) AS response_model,
  arrayElementOrNull(text_values, indexOf(text_facts, 20)) AS operation,
  arrayElementOrNull(text_values, indexOf(text_facts, 21)) AS response_id,
  if(isFinite(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 400)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 5)), 'temperature', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 6)), 'temperature', 'Nullable(Float64)'))), coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 400)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 5)), 'temperature', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 6)), 'temperature', 'Nullable(Float64)')), NULL) AS temperature,
  accurateCastOrNull(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 401)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 5)), 'max_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 5)), 'max_completion_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 6)), 'max_tokens', 'Nullable(Float64)')), 'UInt64') AS max_tokens,
  if(coalesce(coalesce(nullIf(JSONExtractString(attr_other['gen_ai.response.finish_reasons'], 1), ''), nullIf(attr_inline['gen_ai.response.finish_reasons'], '')), arrayElementOrNull(text_values, indexOf(text_facts, 22)), nullIf(attr_content['gen_ai.completion.0.finish_reason'], '')) IS NULL, NULL, transform(coalesce(coalesce(nullIf(JSONExtractString(attr_other['gen_ai.response.finish_reasons'], 1), ''), nullIf(attr_inline['gen_ai.response.finish_reasons'], '')), arrayElementOrNull(text_values, indexOf(text_facts, 22)), nullIf(attr_content['gen_ai.completion.0.finish_reason'], '')), ['stop', 'end_turn', 'stop_sequence', 'STOP', 'COMPLETE', 'complete', 'completed', 'length', 'max_tokens', 'MAX_TOKENS', 'model_length', 'max_output_tokens', 'tool_calls', 'tool_call', 'tool-calls', 'tool_use', 'function_call', 'content_filter', 'content-filter', 'refusal', 'SAFETY', 'error', 'failed'], ['stop', 'stop', 'stop', 'stop', 'stop', 'stop', 'stop', 'length', 'length', 'length', 'length', 'length', 'tool_calls', 'tool_calls', 'tool_calls', 'tool_calls', 'tool_calls', 'content_filter', 'content_filter', 'content_filter', 'content_filter', 'error', 'error'], 'other')) AS finish_reason,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 23)), if(kind IN ('tool'), nullIf(attr_inline['traceloop.entity.name'], ''), NULL)) AS tool_name,
  arrayElementOrNull(text_values, indexOf(text_facts, 24)) AS agent_name,
  accurateCastOrNull(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 402)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'prompt_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'input_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'input', 'Nullable(Float64)')), 'UInt64') AS input_tokens,
  accurateCastOrNull(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 403)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'completion_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'output_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'output', 'Nullable(Float64)')), 'UInt64') AS output_tokens,
  accurateCastOrNull(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 404)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'prompt_tokens_details', 'cached_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'input_tokens_details', 'cached_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'cache_read_input_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'input_cached_tokens', 'Nullable(Float64)')), 'UInt64') AS cache_read_tokens,
  accurateCastOrNull(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 405)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'cache_creation_input_tokens', 'Nullable(Float64)')), 'UInt64') AS cache_write_tokens,
  accurateCastOrNull(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 406)), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'completion_tokens_details', 'reasoning_tokens', 'Nullable(Float64)'), JSONExtract(arrayElementOrNull(text_values, indexOf(text_facts, 7)), 'output_tokens_details', 'reasoning_tokens', 'Nullable(Float64)')), 'UInt64') AS reasoning_tokens,
  if(isFinite(arrayElementOrNull(number_values, indexOf(number_facts, 407))), arrayElementOrNull(number_values, indexOf(number_facts, 407)), NULL) AS revenue_usd,
  accurateCastOrNull(round(coalesce(arrayElementOrNull(number_values, indexOf(number_facts, 408)), if(arrayElementOrNull(event_times, indexOf(event_names, 'First Token Stream Event')) >= start_ns AND start_ns > 0, toFloat64(arrayElementOrNull(event_times, indexOf(event_names, 'First Token Stream Event')) - start_ns), NULL), if(arrayElementOrNull(event_times, indexOf(event_names, 'gen_ai.content.completion.chunk')) >= start_ns AND start_ns > 0, toFloat64(arrayElementOrNull(event_times, indexOf(event_names, 'gen_ai.content.completion.chunk')) - start_ns), NULL), if(arrayElementOrNull(event_times, indexOf(event_names, 'llm.content.completion.chunk')) >= start_ns AND start_ns > 0, toFloat64(arrayElementOrNull(event_times, indexOf(event_names, 'llm.content.completion.chunk')) - start_ns), NULL), if(arrayElementOrNull(event_times, indexOf(event_names, 'ai.stream.firstChunk')) >= start_ns AND start_ns > 0, toFloat64(arrayElementOrNull(event_times, indexOf(event_names, 'ai.stream.firstChunk')) - start_ns), NULL))), 'UInt64') AS ttft_ns,
  coalesce(if(arrayElementOrNull(number_values, indexOf(number_facts, 409)) IN (0, 1), arrayElementOrNull(number_values, indexOf(number_facts, 409)) = 1, NULL), if(ttft_ns IS NOT NULL, true, NULL)) AS streamed,
  coalesce(accurateCastOrNull(arrayElementOrNull(number_values, indexOf(number_facts, 410)), 'UInt16'), if(status_code = 2, toUInt16OrNull(extract(ifNull(status_message, ''), '(?i)(?:error code|status code|status|http):? ([1-5]\\d\\d)\\b')), NULL)) AS http_status,
  accurateCastOrNull(arrayElementOrNull(number_values, indexOf(number_facts, 411)), 'UInt16') AS attempt,
  arrayElementOrNull(text_values, indexOf(text_facts, 25)) AS fallback_of,
  if(arrayElementOrNull(number_values, indexOf(number_facts, 412)) IN (0, 1), arrayElementOrNull(number_values, indexOf(number_facts, 412)) = 1, NULL) AS tool_is_error,
  if(arrayElementOrNull(number_values, indexOf(number_facts, 413)) IN (0, 1), arrayElementOrNull(number_values, indexOf(number_facts, 413)) = 1, NULL) AS served_from_cache,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 26)), nullIf(attr_content['reranker.query'], ''), if(kind IN ('retrieval'), nullIf(attr_content['input.value'], ''), NULL), if(kind IN ('retrieval'), nullIf(attr_content['langfuse.observation.input'], ''), NULL)) AS query,
  arrayElementOrNull(text_values, indexOf(text_facts, 27)) AS index_version,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 28)), nullIf(attr_content['gen_ai.prompt.name'], ''), nullIf(attr_content['traceloop.prompt.key'], '')) AS prompt_name,
  coalesce(arrayElementOrNull(text_values, indexOf(text_facts, 29)), nullIf(attr_content['gen_ai.prompt.version'], ''), nullIf(attr_content['traceloop.prompt.version'], '')) AS prompt_version,
  coalesce(nullIf(attr_content['sightline.decision'], ''), nullIf(attr_other['sightline.decision'], '')) AS decision,
  coalesce(nullIf(attr_content['sightline.state'], ''), nullIf(attr_other['sightline.state'], '')) AS state,
  name AS name,
  nullIf(parent_id, '') AS parent_span_id,
  multiIf((arrayFirst(k -> k != '', arrayMap((v, s) -> if(intDiv(s, 64) = 1, transform(concat(toString(s % 64), ' ', v), ['0 request', '0 chain', '0 llm', '0 embedding', '0 retrieval', '0 rerank', '0 tool', '0 agent', '0 guardrail', '0 evaluator', '0 other', '1 LLM', '1 EMBEDDING', '1 RETRIEVER', '1 RERANKER', '1 TOOL', '1 AGENT', '1 CHAIN', '1 PROMPT', '1 GUARDRAIL', '1 EVALUATOR', '2 generation', '2 embedding', '2 retriever', '2 tool', '2 agent', '2 chain', '2 guardrail', '2 evaluator', '2 span', '3 ai.generateText', '3 ai.streamText', '3 ai.generateObject', '3 ai.streamObject', '3 ai.generateText.doGenerate', '3 ai.streamText.doStream', '3 ai.generateObject.doGenerate', '3 ai.streamObject.doStream', '3 ai.embed', '3 ai.embedMany', '3 ai.embed.doEmbed', '3 ai.embedMany.doEmbed', '3 ai.toolCall', '4 workflow', '4 task', '4 agent', '4 tool', '5 chat', '5 text_completion', '5 generate_content', '5 embeddings', '5 retrieval', '5 rerank', '5 guardrail', '5 execute_tool', '5 invoke_agent', '5 create_agent', '5 invoke_workflow', '6 chat', '6 completion', '6 embedding', '6 rerank', '7 "CHAT_MODEL"', '7 "LLM"', '7 "EMBEDDING"', '7 "RETRIEVER"', '7 "RERANKER"', '7 "TOOL"', '7 "AGENT"', '7 "CHAIN"'], ['request', 'chain', 'llm', 'embedding', 'retrieval', 'rerank', 'tool', 'agent', 'guardrail', 'evaluator', 'other', 'llm', 'embedding', 'retrieval', 'rerank', 'tool', 'agent', 'chain', 'chain', 'guardrail', 'evaluator', 'llm', 'embedding', 'retrieval', 'tool', 'agent', 'chain', 'guardrail', 'evaluator', 'chain', 'chain', 'chain', 'chain', 'chain', 'llm', 'llm', 'llm', 'llm', 'chain', 'chain', 'embedding', 'embedding', 'tool', 'chain', 'chain', 'agent', 'tool', 'llm', 'llm', 'llm', 'embedding', 'retrieval', 'rerank', 'guardrail', 'tool', 'agent', 'agent', 'chain', 'llm', 'llm', 'embedding', 'rerank', 'llm', 'llm', 'embedding', 'retrieval', 'rerank', 'tool', 'agent', 'chain'], ''), ''), text_values, text_slots)) AS said_kind) != '', said_kind, parent_id = '' AND span_kind IN ('server', 'consumer'), 'request', 'other') AS kind,
  coalesce(response_model, request_model) AS model,
  multiIf(status_code = 2, 'error', status_code = 1, 'ok', 'unset') AS status,
  nullIf(status_message, '') AS status_message,
  if(start_ns > 0 AND end_ns >= start_ns, end_ns - start_ns, NULL) AS duration_ns,
  if(output_tokens > 1 AND duration_ns > ttft_ns, (output_tokens - 1) / ((duration_ns - ttft_ns) / 1e9), NULL) AS output_tokens_per_second,
  if((status_code = 2 OR ifNull(arrayElementOrNull(text_values, indexOf(text_facts, 2)), '') != '' OR ifNull(arrayElementOrNull(text_values, indexOf(text_facts, 3)), '') = 'ERROR'), transform(arrayMin(multiMatchAllIndices(lower(concat(ifNull(arrayElementOrNull(text_values, indexOf(text_facts, 2)), ''), ' ', ifNull(status_message, ''), ' ', ifNull(arrayElementOrNull(text_values, indexOf(text_facts, 4)), ''), ' ', toString(ifNull(arrayElementOrNull(number_values, indexOf(number_facts, 410)), 0)), ' ', if(has(event_names, 'exception'), concat(arrayElementOrNull(event_attrs, indexOf(event_names, 'exception'))['exception.type'], ' ', substring(arrayElementOrNull(event_attrs, indexOf(event_names, 'exception'))['exception.message'], 1, 2000)), ''))), ['context.?length|maximum context|context window|too many tokens|prompt is too long|max_tokens_exceeded', 'content.?filter|content.?policy|responsible.?ai|safety.?(system|violation)|moderation.?block', 'rate.?limit|too many requests|\\b429\\b|resource.?exhausted|quota|throttl', 'overloaded|\\b529\\b|\\b503\\b|service.?unavailable|no capacity|at capacity', 'time.?out|timed out|deadline.?exceeded|\\b504\\b|\\b408\\b', 'cancel+ed|aborted|keyboardinterrupt|generatorexit|client disconnected', 'authenticat|unauthori[sz]ed|permission.?denied|forbidden|invalid.?api.?key|\\b401\\b|\\b403\\b', 'internal.?server|server.?error|\\b50[02]\\b|bad gateway|connection.?(error|reset|refused)|remoteprotocolerror', 'invalid.?request|bad.?request|unprocessable|validation.?error|not.?found|\\b400\\b|\\b404\\b|\\b422\\b'])), [1, 2, 3, 4, 5, 6, 7, 8, 9], ['context_length', 'content_filtered', 'rate_limited', 'overloaded', 'timeout', 'cancelled', 'auth', 'server_error', 'invalid_request'], if(kind = 'tool', 'tool_error', 'other')), NULL) AS error_type,
  if(kind IN ('retrieval', 'rerank'), multiIf(attr_content['gen_ai.retrieval.documents'] != '', toUInt32(length(JSONExtractArrayRaw(attr_content['gen_ai.retrieval.documents']))), has(text_values, 'RETRIEVER') OR has(text_values, 'RERANKER'), toUInt32(arrayUniq(arrayMap(k -> splitByChar('.', toString(k))[3], arrayFilter(k -> (startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.')), mapKeys(attr_content))))), NULL), NULL) AS document_count,
  if(kind IN ('retrieval', 'rerank') AND notEmpty((arrayFilter(n -> isFinite(n), if(attr_content['gen_ai.retrieval.documents'] = '', arrayConcat(arrayFilter((n, k) -> endsWith(k, '.document.score') AND (startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.')), arrayMap(n -> toFloat64(n), mapValues(attr_double)), mapKeys(attr_double)), arrayFilter((n, k) -> endsWith(k, '.document.score') AND (startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.')), arrayMap(n -> toFloat64(n), mapValues(attr_int)), mapKeys(attr_int))), arrayMap(d -> JSONExtract(d, 'score', 'Float64'), arrayFilter(d -> JSONHas(d, 'score'), JSONExtractArrayRaw(attr_content['gen_ai.retrieval.documents'])))))) AS scores), arrayMax(scores), NULL) AS top_score,
  if(kind IN ('retrieval', 'rerank') AND notEmpty(scores), arrayAvg(scores), NULL) AS mean_score,
  if(parent_id = '', nullIf(substringUTF8(arrayFirst(t -> t != '', [arrayElement(arrayLast(m -> m.role = 'user', JSONExtract(attr_content['gen_ai.input.messages'], 'Array(Tuple(role String, parts Array(Tuple(type String, content String))))')).parts.content, 1), mapValues(attr_content)[arrayLastIndex(k -> startsWith(k, 'llm.input_messages.') AND (endsWith(k, '.content') OR endsWith(k, '.text')), mapKeys(attr_content))], arrayFirst(t -> t != '', [attr_content['input.value'], attr_content['traceloop.entity.input'], attr_content['langfuse.observation.input'], attr_content['ai.prompt'], attr_content['mlflow.spanInputs']]), mapValues(attr_content)[arrayLastIndex(k -> startsWith(k, 'gen_ai.prompt.') AND (endsWith(k, '.content') OR endsWith(k, '.text')), mapKeys(attr_content))]]), 1, 200), ''), NULL) AS input_preview,
  if(parent_id = '', nullIf(substringUTF8(arrayFirst(t -> t != '', [arrayElement(arrayLast(m -> m.role = 'assistant', JSONExtract(attr_content['gen_ai.output.messages'], 'Array(Tuple(role String, parts Array(Tuple(type String, content String))))')).parts.content, 1), mapValues(attr_content)[arrayLastIndex(k -> startsWith(k, 'llm.output_messages.') AND (endsWith(k, '.content') OR endsWith(k, '.text')), mapKeys(attr_content))], arrayFirst(t -> t != '', [attr_content['output.value'], attr_content['traceloop.entity.output'], attr_content['langfuse.observation.output'], attr_content['ai.response.text'], attr_content['mlflow.spanOutputs'], attr_content['final_result']]), mapValues(attr_content)[arrayLastIndex(k -> startsWith(k, 'gen_ai.completion.') AND (endsWith(k, '.content') OR endsWith(k, '.text')), mapKeys(attr_content))]]), 1, 200), ''), NULL) AS output_preview,
  CAST(NULL, 'Nullable(Float64)') AS cost_usd,
  CAST(NULL, 'Nullable(Float64)') AS input_cost_usd,
  CAST(NULL, 'Nullable(Float64)') AS cache_read_cost_usd,
  CAST(NULL, 'Nullable(Float64)') AS cache_write_cost_usd,
  CAST(NULL, 'Nullable(Float64)') AS output_cost_usd,
    project, trace_id, span_id, start, received, true AS usage_counted,
    attr_inline, attr_int, attr_double, attr_bool, attr_other,
    resource_string, resource_other, scope_name, scope_version, scope_other, span_kind, trace_state, links,
    start_flagged, start_ns AS start_sent_ns, key_id, false AS settled, 90 AS retention
  FROM spans_decoded
);

CREATE MATERIALIZED VIEW payloads_write TO payloads AS
SELECT project, trace_id, span_id, received, attr_content AS content, 90 AS retention FROM spans_decoded WHERE notEmpty(attr_content);

CREATE MATERIALIZED VIEW events_write TO events AS
SELECT project, trace_id, span_id, received, 'span' AS source, event_name AS name, event_time AS time_ns,
  fromUnixTimestamp64Nano(toInt64(if(start_flagged OR event_time + 34560000000000000 < received_ns OR event_time > received_ns + 86400000000000, received_ns, event_time)), 'UTC') AS time,
  '' AS severity, '' AS body, mapFromArrays(arrayFilter((k, w) -> w = 'string_value', event_kv.key, event_kv.value.which), arrayFilter((v, w) -> w = 'string_value', event_kv.value.string_value, event_kv.value.which)) AS attr_string,
  mapFromArrays(arrayFilter((k, w) -> w = 'int_value', event_kv.key, event_kv.value.which), arrayFilter((v, w) -> w = 'int_value', event_kv.value.int_value, event_kv.value.which)) AS attr_int,
  mapFromArrays(arrayFilter((k, w) -> w = 'double_value', event_kv.key, event_kv.value.which), arrayFilter((v, w) -> w = 'double_value', event_kv.value.double_value, event_kv.value.which)) AS attr_double,
  mapFromArrays(arrayFilter((k, w) -> w = 'bool_value', event_kv.key, event_kv.value.which), arrayFilter((v, w) -> w = 'bool_value', event_kv.value.bool_value, event_kv.value.which)) AS attr_bool,
  mapFromArrays(arrayFilter((k, w) -> w IN ('array_value', 'json_value', 'bytes_value', 'none'), event_kv.key, event_kv.value.which), arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), arrayFilter((v, w) -> w IN ('array_value', 'json_value', 'bytes_value', 'none'), event_kv.value, event_kv.value.which))) AS attr_other, map() AS resource_string, map() AS resource_other, scope_name, 90 AS retention
FROM (SELECT project, trace_id, span_id, received, received_ns, start_flagged, scope_name, event_names, event_times, event_attributes FROM spans_decoded WHERE notEmpty(event_names))
ARRAY JOIN event_names AS event_name, event_times AS event_time, event_attributes AS event_kv;

CREATE MATERIALIZED VIEW trace_arrivals_write TO trace_arrivals AS
SELECT project, trace_id, toStartOfFiveMinutes(start) AS start_bucket, min(received) AS min_received, max(received) AS max_received,
  max(parent_id = '') AS has_root
FROM spans_decoded GROUP BY project, trace_id, start_bucket;

CREATE MATERIALIZED VIEW trace_index_write TO trace_index AS
SELECT project, trace_id, min(start) AS min_start, max(start) AS max_start, min(received) AS min_received, max(received) AS max_received
FROM spans_decoded GROUP BY project, trace_id;

CREATE MATERIALIZED VIEW logs_write TO events AS
SELECT project, lower(hex(r.trace_id)) AS trace_id, lower(hex(r.span_id)) AS span_id,
  fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received, 'log' AS source,
  if(r.event_name != '', r.event_name, attr_string['event.name']) AS name,
  if(r.time_unix_nano != 0, r.time_unix_nano, r.observed_time_unix_nano) AS time_ns,
  fromUnixTimestamp64Nano(toInt64(if(time_ns + 34560000000000000 < received_ns OR time_ns > received_ns + 86400000000000, received_ns, time_ns)), 'UTC') AS time,
  if(r.severity_text != '', lower(r.severity_text), transform(intDiv(r.severity_number + 3, 4), [1, 2, 3, 4, 5, 6], ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], '')) AS severity,
  if(r.body.which = 'none', '', multiIf(r.body.which = 'json_value', r.body.json_value, r.body.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), r.body.array_value.values), ','), ']'), multiIf(r.body.which = 'string_value', toJSONString(r.body.string_value), r.body.which = 'int_value', toString(r.body.int_value), r.body.which = 'bool_value', if(r.body.bool_value, 'true', 'false'), r.body.which = 'double_value', if(isFinite(r.body.double_value), toString(r.body.double_value), concat('"', toString(r.body.double_value), '"')), r.body.which = 'bytes_value', concat('{"$bytes":"', base64Encode(r.body.bytes_value), '"}'), 'null'))) AS body,
  mapFromArrays(arrayFilter((k, w) -> w = 'string_value', r.attributes.key, r.attributes.value.which), arrayFilter((v, w) -> w = 'string_value', r.attributes.value.string_value, r.attributes.value.which)) AS attr_string,
  mapFromArrays(arrayFilter((k, w) -> w = 'int_value', r.attributes.key, r.attributes.value.which), arrayFilter((v, w) -> w = 'int_value', r.attributes.value.int_value, r.attributes.value.which)) AS attr_int,
  mapFromArrays(arrayFilter((k, w) -> w = 'double_value', r.attributes.key, r.attributes.value.which), arrayFilter((v, w) -> w = 'double_value', r.attributes.value.double_value, r.attributes.value.which)) AS attr_double,
  mapFromArrays(arrayFilter((k, w) -> w = 'bool_value', r.attributes.key, r.attributes.value.which), arrayFilter((v, w) -> w = 'bool_value', r.attributes.value.bool_value, r.attributes.value.which)) AS attr_bool,
  mapFromArrays(arrayFilter((k, w) -> w IN ('array_value', 'json_value', 'bytes_value', 'none'), r.attributes.key, r.attributes.value.which), arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), arrayFilter((v, w) -> w IN ('array_value', 'json_value', 'bytes_value', 'none'), r.attributes.value, r.attributes.value.which))) AS attr_other, resource_string, resource_other, scope_name, 90 AS retention
FROM (
  SELECT project, received_ns, resource_string, resource_other, sl.scope.name AS scope_name, sl.log_records AS log_records
  FROM (
    SELECT project, received_ns, mapFromArrays(arrayFilter((k, w) -> w = 'string_value', rl.resource.attributes.key, rl.resource.attributes.value.which), arrayFilter((v, w) -> w = 'string_value', rl.resource.attributes.value.string_value, rl.resource.attributes.value.which)) AS resource_string, mapFromArrays(arrayFilter((k, w) -> w != 'string_value', rl.resource.attributes.key, rl.resource.attributes.value.which), arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), arrayFilter((v, w) -> w != 'string_value', rl.resource.attributes.value, rl.resource.attributes.value.which))) AS resource_other,
      rl.scope_logs AS scope_logs
    FROM (SELECT e.project AS project, e.received_ns AS received_ns, e.resource_logs AS resource_logs FROM otlp_logs_in ARRAY JOIN envelopes AS e)
    ARRAY JOIN resource_logs AS rl
  )
  ARRAY JOIN scope_logs AS sl
)
ARRAY JOIN log_records AS r;

CREATE MATERIALIZED VIEW log_arrivals_write TO trace_arrivals AS
SELECT project, trace_id, toDateTime(0, 'UTC') AS start_bucket, min(received) AS min_received, max(received) AS max_received, false AS has_root
FROM (
  SELECT project, received, lower(hex(r.trace_id)) AS trace_id
  FROM (
    SELECT project, fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received, sl.log_records AS log_records
    FROM (
      SELECT project, received_ns, rl.scope_logs AS scope_logs
      FROM (SELECT e.project AS project, e.received_ns AS received_ns, e.resource_logs AS resource_logs FROM otlp_logs_in ARRAY JOIN envelopes AS e)
      ARRAY JOIN resource_logs AS rl
    )
    ARRAY JOIN scope_logs AS sl
  )
  ARRAY JOIN log_records AS r
  WHERE r.trace_id != ''
)
GROUP BY project, trace_id;

CREATE MATERIALIZED VIEW metrics_write TO metrics AS
SELECT project, p.name AS name, p.type AS type, p.unit AS unit, p.description AS description,
  transform(p.temporality, [1, 2], ['delta', 'cumulative'], '') AS temporality, p.monotonic AS monotonic,
  fromUnixTimestamp64Nano(toInt64(if(time_ns + 34560000000000000 < received_ns OR time_ns > received_ns + 86400000000000, received_ns, time_ns)), 'UTC') AS time,
  p.time_ns AS time_ns, p.start_ns AS start_ns, fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received,
  p.value AS value, p.value_int AS value_int, p.count AS count, p.sum AS sum, p.min AS min, p.max AS max, p.bounds AS bounds,
  p.bucket_counts AS bucket_counts, p.scale AS scale, p.zero_count AS zero_count, p.positive_offset AS positive_offset,
  p.negative_offset AS negative_offset, p.negative_counts AS negative_counts, p.quantiles AS quantiles,
  mapFromArrays(arrayFilter((k, w) -> w = 'string_value', kv.key, kv.value.which), arrayFilter((v, w) -> w = 'string_value', kv.value.string_value, kv.value.which)) AS attr_string,
  mapFromArrays(arrayFilter((k, w) -> w = 'int_value', kv.key, kv.value.which), arrayFilter((v, w) -> w = 'int_value', kv.value.int_value, kv.value.which)) AS attr_int,
  mapFromArrays(arrayFilter((k, w) -> w = 'double_value', kv.key, kv.value.which), arrayFilter((v, w) -> w = 'double_value', kv.value.double_value, kv.value.which)) AS attr_double,
  mapFromArrays(arrayFilter((k, w) -> w = 'bool_value', kv.key, kv.value.which), arrayFilter((v, w) -> w = 'bool_value', kv.value.bool_value, kv.value.which)) AS attr_bool,
  mapFromArrays(arrayFilter((k, w) -> w IN ('array_value', 'json_value', 'bytes_value', 'none'), kv.key, kv.value.which), arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), arrayFilter((v, w) -> w IN ('array_value', 'json_value', 'bytes_value', 'none'), kv.value, kv.value.which))) AS attr_other, resource_string, resource_other, scope_name, 90 AS retention
FROM (
  SELECT project, received_ns, resource_string, resource_other, scope_name, arrayConcat(
    arrayMap(d -> CAST((m.name, m.unit, m.description, 'gauge', 0, false, d.time_unix_nano, d.start_time_unix_nano, if(d.which = 'as_double', d.as_double, NULL), if(d.which = 'as_int', d.as_int, NULL), NULL, NULL, NULL, NULL, [], [], NULL, NULL, NULL, NULL, [], []), 'Tuple(name String, unit String, description String, type String, temporality Int32, monotonic Bool, time_ns UInt64, start_ns UInt64, value Nullable(Float64), value_int Nullable(Int64), count Nullable(UInt64), sum Nullable(Float64), min Nullable(Float64), max Nullable(Float64), bounds Array(Float64), bucket_counts Array(UInt64), scale Nullable(Int32), zero_count Nullable(UInt64), positive_offset Nullable(Int32), negative_offset Nullable(Int32), negative_counts Array(UInt64), quantiles Array(Tuple(quantile Float64, value Float64)))'), m.gauge.data_points),
    arrayMap(d -> CAST((m.name, m.unit, m.description, 'sum', m.sum.aggregation_temporality, m.sum.is_monotonic, d.time_unix_nano, d.start_time_unix_nano, if(d.which = 'as_double', d.as_double, NULL), if(d.which = 'as_int', d.as_int, NULL), NULL, NULL, NULL, NULL, [], [], NULL, NULL, NULL, NULL, [], []), 'Tuple(name String, unit String, description String, type String, temporality Int32, monotonic Bool, time_ns UInt64, start_ns UInt64, value Nullable(Float64), value_int Nullable(Int64), count Nullable(UInt64), sum Nullable(Float64), min Nullable(Float64), max Nullable(Float64), bounds Array(Float64), bucket_counts Array(UInt64), scale Nullable(Int32), zero_count Nullable(UInt64), positive_offset Nullable(Int32), negative_offset Nullable(Int32), negative_counts Array(UInt64), quantiles Array(Tuple(quantile Float64, value Float64)))'), m.sum.data_points),
    arrayMap(d -> CAST((m.name, m.unit, m.description, 'histogram', m.histogram.aggregation_temporality, false, d.time_unix_nano, d.start_time_unix_nano, NULL, NULL, d.count, d.sum, d.min, d.max, d.explicit_bounds, d.bucket_counts, NULL, NULL, NULL, NULL, [], []), 'Tuple(name String, unit String, description String, type String, temporality Int32, monotonic Bool, time_ns UInt64, start_ns UInt64, value Nullable(Float64), value_int Nullable(Int64), count Nullable(UInt64), sum Nullable(Float64), min Nullable(Float64), max Nullable(Float64), bounds Array(Float64), bucket_counts Array(UInt64), scale Nullable(Int32), zero_count Nullable(UInt64), positive_offset Nullable(Int32), negative_offset Nullable(Int32), negative_counts Array(UInt64), quantiles Array(Tuple(quantile Float64, value Float64)))'), m.histogram.data_points),
    arrayMap(d -> CAST((m.name, m.unit, m.description, 'exponential_histogram', m.exponential_histogram.aggregation_temporality, false, d.time_unix_nano, d.start_time_unix_nano, NULL, NULL, d.count, d.sum, d.min, d.max, [], d.positive.bucket_counts, d.scale, d.zero_count, d.positive.offset, d.negative.offset, d.negative.bucket_counts, []), 'Tuple(name String, unit String, description String, type String, temporality Int32, monotonic Bool, time_ns UInt64, start_ns UInt64, value Nullable(Float64), value_int Nullable(Int64), count Nullable(UInt64), sum Nullable(Float64), min Nullable(Float64), max Nullable(Float64), bounds Array(Float64), bucket_counts Array(UInt64), scale Nullable(Int32), zero_count Nullable(UInt64), positive_offset Nullable(Int32), negative_offset Nullable(Int32), negative_counts Array(UInt64), quantiles Array(Tuple(quantile Float64, value Float64)))'), m.exponential_histogram.data_points),
    arrayMap(d -> CAST((m.name, m.unit, m.description, 'summary', 0, false, d.time_unix_nano, d.start_time_unix_nano, NULL, NULL, d.count, d.sum, NULL, NULL, [], [], NULL, NULL, NULL, NULL, [], d.quantile_values), 'Tuple(name String, unit String, description String, type String, temporality Int32, monotonic Bool, time_ns UInt64, start_ns UInt64, value Nullable(Float64), value_int Nullable(Int64), count Nullable(UInt64), sum Nullable(Float64), min Nullable(Float64), max Nullable(Float64), bounds Array(Float64), bucket_counts Array(UInt64), scale Nullable(Int32), zero_count Nullable(UInt64), positive_offset Nullable(Int32), negative_offset Nullable(Int32), negative_counts Array(UInt64), quantiles Array(Tuple(quantile Float64, value Float64)))'), m.summary.data_points)) AS points,
    arrayConcat(m.gauge.data_points.attributes, m.sum.data_points.attributes, m.histogram.data_points.attributes,
      m.exponential_histogram.data_points.attributes, m.summary.data_points.attributes) AS point_attributes
  FROM (
    SELECT project, received_ns, resource_string, resource_other, sm.scope.name AS scope_name, sm.metrics AS metrics
    FROM (
      SELECT project, received_ns, mapFromArrays(arrayFilter((k, w) -> w = 'string_value', rm.resource.attributes.key, rm.resource.attributes.value.which), arrayFilter((v, w) -> w = 'string_value', rm.resource.attributes.value.string_value, rm.resource.attributes.value.which)) AS resource_string, mapFromArrays(arrayFilter((k, w) -> w != 'string_value', rm.resource.attributes.key, rm.resource.attributes.value.which), arrayMap(v -> multiIf(v.which = 'json_value', v.json_value, v.which = 'array_value', concat('[', arrayStringConcat(arrayMap(x -> multiIf(x.which = 'string_value', toJSONString(x.string_value), x.which = 'int_value', toString(x.int_value), x.which = 'bool_value', if(x.bool_value, 'true', 'false'), x.which = 'double_value', if(isFinite(x.double_value), toString(x.double_value), concat('"', toString(x.double_value), '"')), x.which = 'bytes_value', concat('{"$bytes":"', base64Encode(x.bytes_value), '"}'), 'null'), v.array_value.values), ','), ']'), multiIf(v.which = 'string_value', toJSONString(v.string_value), v.which = 'int_value', toString(v.int_value), v.which = 'bool_value', if(v.bool_value, 'true', 'false'), v.which = 'double_value', if(isFinite(v.double_value), toString(v.double_value), concat('"', toString(v.double_value), '"')), v.which = 'bytes_value', concat('{"$bytes":"', base64Encode(v.bytes_value), '"}'), 'null')), arrayFilter((v, w) -> w != 'string_value', rm.resource.attributes.value, rm.resource.attributes.value.which))) AS resource_other,
        rm.scope_metrics AS scope_metrics
      FROM (SELECT e.project AS project, e.received_ns AS received_ns, e.resource_metrics AS resource_metrics FROM otlp_metrics_in ARRAY JOIN envelopes AS e)
      ARRAY JOIN resource_metrics AS rm
    )
    ARRAY JOIN scope_metrics AS sm
  )
  ARRAY JOIN metrics AS m
)
ARRAY JOIN points AS p, point_attributes AS kv;

CREATE MATERIALIZED VIEW ledger_write TO ledger AS
SELECT toStartOfMinute(fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC')) AS minute, project, key, signal, line.1 AS reason,
  sum(line.2) AS received, sum(line.3) AS stored, sum(line.4) AS duplicate, sum(line.5) AS rejected
FROM (
  SELECT entry.1 AS signal, entry.2.project AS project, entry.2.received_ns AS received_ns, entry.2.key AS key,
    arrayPushFront(
      arrayMap(r -> (r.reason, toInt64(r.items), toInt64(0), toInt64(0), toInt64(r.items)), entry.2.refused),
      (toLowCardinality(''), toInt64(entry.2.items) + toInt64(entry.2.duplicate), toInt64(entry.2.items), toInt64(entry.2.duplicate), toInt64(0))
    ) AS lines
  FROM ledger_in
  ARRAY JOIN arrayConcat(arrayMap(e -> ('traces', e), traces), arrayMap(e -> ('logs', e), logs), arrayMap(e -> ('metrics', e), metrics)) AS entry
)
ARRAY JOIN lines AS line
GROUP BY minute, project, key, signal, reason;

CREATE VIEW traces_open AS
-- Requests summed up from their spans. The root is the span without a parent (the first, should there be several); what it does not
-- say itself is the trace's only value. TTFT is the root's own, else the time from the root's start to the first token of the
-- streamed LLM span that started last. Sums go over counted spans; what nobody reported stays NULL.
WITH s.parent_span_id IS NULL AS is_root, s.kind = 'llm' AND s.usage_counted AS is_llm,
  minIf(toUnixTimestamp64Nano(s.start), is_root) AS root_start_ns,
  argMaxIf(toUnixTimestamp64Nano(s.start) + s.ttft_ns, s.start, is_llm AND s.ttft_ns IS NOT NULL) AS first_token_ns
SELECT
  s.project AS project,
  s.trace_id AS trace_id,
  argMinIf(toNullable(s.span_id), s.start, is_root) AS root_span_id,
  argMinIf(toNullable(s.name), s.start, is_root) AS name,
  argMinIf(toNullable(s.kind), s.start, is_root) AS kind,
  coalesce(argMinIf(s.task, s.start, is_root), if(min(s.task) = max(s.task), any(s.task), NULL)) AS task,
  coalesce(argMinIf(s.service, s.start, is_root), any(s.service)) AS service,
  coalesce(argMinIf(s.environment, s.start, is_root), if(min(s.environment) = max(s.environment), any(s.environment), NULL)) AS environment,
  coalesce(argMinIf(s.release, s.start, is_root), if(min(s.release) = max(s.release), any(s.release), NULL)) AS release,
  coalesce(argMinIf(s.user_id, s.start, is_root), if(min(s.user_id) = max(s.user_id), any(s.user_id), NULL)) AS user_id,
  coalesce(argMinIf(s.session_id, s.start, is_root), if(min(s.session_id) = max(s.session_id), any(s.session_id), NULL)) AS session_id,
  coalesce(argMinIf(s.tenant, s.start, is_root), if(min(s.tenant) = max(s.tenant), any(s.tenant), NULL)) AS tenant,
  coalesce(argMinIf(s.feature, s.start, is_root), if(min(s.feature) = max(s.feature), any(s.feature), NULL)) AS feature,
  min(s.start) AS start,
  max(s.start) AS last_start,
  coalesce(argMinIf(s.duration_ns, s.start, is_root),
    toUInt64(greatest(0, max(toUnixTimestamp64Nano(s.start) + ifNull(s.duration_ns, 0)) - min(toUnixTimestamp64Nano(s.start))))) AS duration_ns,
  coalesce(argMinIf(s.ttft_ns, s.start, is_root), if(max(is_root) AND first_token_ns >= root_start_ns, toUInt64(first_token_ns - root_start_ns), NULL)) AS ttft_ns,
  coalesce(argMinIf(toNullable(s.status), s.start, is_root), if(countIf(s.status = 'error') > 0, 'error', 'unset')) AS status,
  count() AS span_count,
  countIf(s.status = 'error') AS error_count,
  countIf(is_llm) AS llm_count,
  sumIf(s.input_tokens, s.usage_counted) AS input_tokens,
  sumIf(s.output_tokens, s.usage_counted) AS output_tokens,
  sumIf(s.cost_usd, s.usage_counted) AS cost_usd,
  arraySort(groupUniqArrayIf(100)(assumeNotNull(s.model), s.model IS NOT NULL AND is_llm)) AS models,
  argMinIf(s.input_preview, s.start, is_root) AS input_preview,
  argMinIf(s.output_preview, s.start, is_root) AS output_preview,
  any(s.weight) AS weight,
  max(s.received) AS received,
  any(s.retention) AS retention
FROM spans AS s
WHERE (s.project, s.trace_id) IN (SELECT project, trace_id FROM trace_arrivals) AND toStartOfFiveMinutes(s.start) IN (SELECT start_bucket FROM trace_arrivals)
GROUP BY s.project, s.trace_id;

CREATE VIEW traces AS
SELECT *, true AS settled FROM traces_settled
UNION ALL
SELECT *, false AS settled FROM traces_open;
