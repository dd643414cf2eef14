-- Failures that nobody reported. An answer is read from whatever convention it came by: `told` says that its content was sent at all,
-- `said` is its text, `calls` are the arguments of the tools it asks for. A tool's failure is ignored when the request ended well and no
-- later call of the same tool did. Content is read as it streams by: only a few flags a span are joined.
INSERT INTO settling_silent
SELECT project, trace_id, span_id, reason
FROM (
  SELECT s.project AS project, s.trace_id AS trace_id, s.span_id AS span_id,
    multiIf(
      s.kind = 'llm' AND NOT s.failed, multiIf(
        (s.finish_reason IS NULL OR s.finish_reason IN ('stop', 'length', 'other')) AND ifNull(a.said_something = 0, ifNull(s.output_tokens = 0, false))
          AND NOT ifNull(a.refused_in_a_part = 1, false), 'empty_output',
        ifNull(s.finish_reason = 'content_filter', false) OR a.refuses = 1, 'refusal',
        (s.asks_json OR a.asks_json = 1) AND a.no_json = 1, 'malformed_json',
        a.bad_arguments = 1, 'malformed_arguments',
        ifNull(s.finish_reason = 'length', false), 'cut_off',
        NULL),
      s.kind = 'tool' AND (s.failed OR ifNull(s.tool_is_error, false)) AND NOT r.failed AND s.start > t.succeeded,
        'tool_error_ignored',
      s.kind = 'retrieval' AND NOT s.failed AND ifNull(s.document_count = 0, false), 'no_documents',
      NULL) AS reason
  FROM (
    SELECT project, trace_id, span_id, kind, name, start, finish_reason, output_tokens, tool_is_error, document_count, ifNull(toString(tool_name), toString(name)) AS tool,
      status = 'error' OR error_type IS NOT NULL AS failed,
      attr_string['gen_ai.output.type'] = 'json' OR attr_string['sightline.output_type'] = 'json'
        OR startsWith(attr_string['gen_ai.openai.request.response_format'], 'json') OR startsWith(attr_string['gen_ai.request.response_format'], 'json')
        OR attr_string['gen_ai.request.structured_output_schema'] != '' OR attr_string['ai.operationId'] IN ('ai.generateObject.doGenerate', 'ai.streamObject.doStream')
        OR match(attr_string['llm.invocation_parameters'], {{json_asked}}) OR match(attr_string['langfuse.observation.model.parameters'], {{json_asked}}) AS asks_json
    FROM spans
    WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
      AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
      AND kind IN ('llm', 'tool', 'retrieval') AND usage_counted
  ) AS s
  LEFT ANY JOIN (
    SELECT project, trace_id, ifNull(toString(tool_name), toString(name)) AS tool, max(start) AS succeeded
    FROM spans
    WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
      AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
      AND kind = 'tool' AND status != 'error' AND error_type IS NULL AND NOT ifNull(tool_is_error, false)
    GROUP BY project, trace_id, tool
  ) AS t ON s.project = t.project AND s.trace_id = t.trace_id AND s.tool = t.tool
  LEFT ANY JOIN (
    SELECT project, trace_id, true AS failed FROM spans
    WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
      AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
      AND parent_span_id IS NULL AND status = 'error'
  ) AS r ON s.project = r.project AND s.trace_id = r.trace_id
  LEFT ANY JOIN (
    SELECT project, trace_id, span_id,
      if(max(told), toNullable(max(told AND (match(said, '\\S') OR notEmpty(calls) OR unread))), NULL) AS said_something,
      max(refused) AS refused_in_a_part,
      -- what costs time is asked of the few texts that may answer yes; of the others, of ''
      max(empty(calls) AND (refused OR match(if(length(said) <= 600 AND multiSearchAny(lower(substring(said, 1, 400)), {{refusal_words}}), lower(substringUTF8(said, 1, 300)), ''), {{refusals}}))) AS refuses,
      max(empty(calls) AND match(said, '\\S') AND NOT isValidJSON(if(startsWith(trimBoth(said), '```'), replaceRegexpOne(trimBoth(said), '^```(?:json)?\\s*((?s:.*?))\\s*```$', '\\1'), said))) AS no_json,
      max(arrayExists(c -> trimBoth(c) != '' AND NOT isValidJSON(c), calls)) AS bad_arguments,
      max(asks_json) AS asks_json
    FROM (
      -- apart from what makes `answer`: the engine would work that out once for each of its parts
      SELECT project, trace_id, span_id, asks_json,
        answer.told AS told, answer.said AS said, answer.calls AS calls, answer.refused AS refused, answer.unread AS unread
      FROM (
      SELECT project, trace_id, span_id, asks_json,
        multiIf(
          semconv != '', (true,
            arrayStringConcat(arrayMap(p -> p.content, arrayFilter(p -> p.type = 'text', semconv_parts)), '\n'),
            arrayMap(p -> p.arguments, arrayFilter(p -> p.type = 'tool_call', semconv_parts)),
            arrayExists(p -> p.type = 'refusal', semconv_parts),
            arrayExists(p -> p.type NOT IN ('text', 'tool_call', 'reasoning', 'thinking', 'refusal'), semconv_parts)),
          notEmpty(flat_keys), (true,
            arrayStringConcat(arrayFilter((v, k) -> match(k, '\\.(content|message_content\\.text)$'), flat_values, flat_keys), '\n'),
            arrayFilter((v, k) -> endsWith(k, '.arguments'), flat_values, flat_keys),
            arrayExists((v, k) -> endsWith(k, '.refusal') AND v != '', flat_values, flat_keys),
            arrayExists(k -> endsWith(k, '.tool_call.function.name') OR match(k, 'tool_calls\\.\\d+\\.name$') OR match(k, 'message_content\\.image'), flat_keys)),
          vercel, (true, concat(content['ai.response.text'], content['ai.response.object']),
            arrayMap(c -> if(c.args != '', c.args, c.input), JSONExtract(content['ai.response.toolCalls'], 'Array(Tuple(args String, input String))')), false, false),
          startsWith(raw, '{') AND notEmpty(choices), (true, arrayStringConcat(arrayMap(c -> ifNull(c, ''), choices.message.content), '\n'),
            arrayFlatten(arrayMap(c -> c.function.arguments, choices.message.tool_calls)), arrayExists(r -> ifNull(r, '') != '', choices.message.refusal), false),
          startsWith(raw, '{') AND notEmpty(blocks), (true, arrayStringConcat(arrayMap(b -> b.text, arrayFilter(b -> b.type = 'text', blocks)), '\n'),
            arrayMap(b -> b.input, arrayFilter(b -> b.type = 'tool_use', blocks)), false, false),
          startsWith(raw, '{') AND JSONHas(raw, 'message', 'role'), (true, JSONExtractString(raw, 'message', 'content'),
            JSONExtract(raw, 'message', 'tool_calls', 'Array(Tuple(function Tuple(arguments String)))').function.arguments, false, false),
          startsWith(raw, '{') AND JSONHas(raw, 'role') AND JSONHas(raw, 'content'), (true, JSONExtractString(raw, 'content'),
            JSONExtract(raw, 'tool_calls', 'Array(Tuple(function Tuple(arguments String)))').function.arguments, false, JSONType(raw, 'content') = 'Array'),
          raw_told, (true, if(startsWith(raw, '"'), JSONExtractString(raw), raw), [], false, startsWith(raw, '{') OR startsWith(raw, '[')),
          (false, '', [], false, false)
        )::Tuple(told Bool, said String, calls Array(String), refused Bool, unread Bool) AS answer
      FROM (
        SELECT project, trace_id, span_id, content,
          content['gen_ai.output.messages'] AS semconv,
          arrayFlatten(JSONExtract(semconv, 'Array(Tuple(parts Array(Tuple(type String, content String, arguments String))))').parts) AS semconv_parts,
          arrayFilter(k -> startsWith(k, 'llm.output_messages.') OR startsWith(k, 'gen_ai.completion.'), mapKeys(content)) AS flat_keys,
          arrayFilter((v, k) -> startsWith(k, 'llm.output_messages.') OR startsWith(k, 'gen_ai.completion.'), mapValues(content), mapKeys(content)) AS flat_values,
          mapContains(content, 'ai.response.text') OR mapContains(content, 'ai.response.object') OR mapContains(content, 'ai.response.toolCalls') AS vercel,
          arrayFirst(k -> mapContains(content, k), ['output.value', 'langfuse.observation.output', 'response_data', 'mlflow.spanOutputs', 'gen_ai.completion',
            'traceloop.entity.output', 'haystack.component.output']) AS raw_key,
          raw_key != '' AS raw_told,
          trimBoth(content[raw_key]) AS raw,
          JSONExtract(raw, 'choices', 'Array(Tuple(message Tuple(content Nullable(String), refusal Nullable(String), tool_calls Array(Tuple(function Tuple(arguments String))))))') AS choices,
          JSONExtract(raw, 'content', 'Array(Tuple(type String, text String, input String))') AS blocks,
          match(if(multiSearchAny(parameters, ['json', 'JSON', 'output_mode']), parameters, ''), {{json_asked}}) AS asks_json,
          arrayStringConcat(arrayFilter((v, k) -> k IN ('llm.invocation_parameters', 'langfuse.observation.model.parameters', 'input.value', 'request_data', 'mlflow.spanInputs',
            'gcp.vertex.agent.llm_request', 'model_request_parameters'), mapValues(content), mapKeys(content)), '\n') AS parameters
        FROM (
          -- what was asked is the larger part of the content, and is not looked at
          SELECT project, trace_id, span_id, mapFilter((k, v) -> k IN ('gen_ai.output.messages', 'ai.response.text', 'ai.response.object', 'ai.response.toolCalls', 'output.value',
              'langfuse.observation.output', 'response_data', 'mlflow.spanOutputs', 'gen_ai.completion', 'traceloop.entity.output', 'haystack.component.output',
              'llm.invocation_parameters', 'langfuse.observation.model.parameters', 'input.value', 'request_data', 'mlflow.spanInputs', 'gcp.vertex.agent.llm_request',
              'model_request_parameters') OR startsWith(k, 'llm.output_messages.') OR startsWith(k, 'gen_ai.completion.'), content) AS content
          FROM payloads
          WHERE toStartOfFiveMinutes(received) IN (
              SELECT toStartOfFiveMinutes(received) FROM spans
              WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets) AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces))
            AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
          UNION ALL
          SELECT project, trace_id, span_id, map('gen_ai.output.messages', attr_other['gen_ai.output.messages'])::Map(LowCardinality(String), String) FROM spans
          WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
            AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND attr_other['gen_ai.output.messages'] != ''
          UNION ALL
          SELECT project, trace_id, span_id, multiIf(
              name = 'gen_ai.choice', map('output.value', concat('{"choices":[', body, ']}')),
              attr_string['gen_ai.output.messages'] != '', map('gen_ai.output.messages', attr_string['gen_ai.output.messages']),
              attr_other['gen_ai.output.messages'] != '', map('gen_ai.output.messages', attr_other['gen_ai.output.messages']),
              map('gen_ai.output.messages', JSONExtractRaw(body, 'gen_ai.output.messages')))::Map(LowCardinality(String), String)
          FROM events
          WHERE source = 'log' AND name IN ('gen_ai.client.inference.operation.details', 'gen_ai.choice') AND (body LIKE '{%' OR mapContains(attr_string, 'gen_ai.output.messages') OR mapContains(attr_other, 'gen_ai.output.messages'))
            AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
            AND toStartOfFiveMinutes(received) IN (
              SELECT arrayJoin([toStartOfFiveMinutes(min_received), toStartOfFiveMinutes(max_received)]) FROM trace_arrivals
              WHERE (project, trace_id) IN (SELECT project, trace_id FROM settling_traces))
        )
        WHERE (project, trace_id, span_id) IN (
          SELECT project, trace_id, span_id FROM spans
          WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
            AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND kind = 'llm' AND usage_counted AND status != 'error')
      )
      )
    )
    GROUP BY project, trace_id, span_id
  ) AS a ON s.project = a.project AND s.trace_id = a.trace_id AND s.span_id = a.span_id
)
WHERE reason IS NOT NULL
