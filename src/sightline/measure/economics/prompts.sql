-- The newest calls with their prompt as one text in the order in which a provider reads it: tools, system, messages. What begins alike
-- is alike, whatever the convention: JSON stays as sent, flattened messages are put in the order of their numbers. `newest` and `sources`
-- are given; `calls` are some of the newest.
(SELECT c.trace_id AS trace_id, c.span_id AS span_id, c.* EXCEPT (trace_id, span_id, source), p.tools AS tools, p.system AS system, p.messages AS messages, p.leading_system_bytes AS leading_system_bytes,
  concat(p.tools, if(p.tools = '', '', '\n'), p.system, if(p.system = '', '', '\n'), p.messages) AS whole_text,
  length(whole_text) AS text_bytes,
  substring(whole_text, 1, {most_bytes:UInt64}) AS text
FROM (
  SELECT trace_id, span_id, tools, system, messages, leading_system_bytes
  FROM (
    SELECT trace_id, span_id,
      coalesce(nullIf(content['gen_ai.tool.definitions'], ''), nullIf(flat_tools, ''), nullIf(content['ai.prompt.tools'], ''), '') AS tools,
      content['gen_ai.system_instructions'] AS system,
      coalesce(nullIf(content['gen_ai.input.messages'], ''), nullIf(flat_messages, ''), nullIf(content['ai.prompt.messages'], ''),
        nullIf(content['langfuse.observation.input'], ''), nullIf(content['pydantic_ai.all_messages'], ''),
        nullIf(content['all_messages_events'], ''), nullIf(content['gen_ai.prompt'], ''), nullIf(content['ai.prompt'], ''),
        nullIf(content['request_data'], ''), nullIf(content['mlflow.spanInputs'], ''), nullIf(content['traceloop.entity.input'], ''),
        nullIf(content['input.value'], ''), '') AS messages,
      multiIf(
        flat_messages != '' AND content['gen_ai.input.messages'] = '', if(flat_roles[1] IN ('system', 'developer'), first_flat_bytes, 0),
        JSONExtractString(messages, 1, 'role') IN ('system', 'developer'), length(JSONExtractRaw(messages, 1)),
        0) AS leading_system_bytes
    FROM (
      SELECT trace_id, span_id, content,
        -- [numbers and names of the key], value: arrays compare part by part, and a padded number compares as one
        arraySort(t -> t.1, arrayMap((k, v) -> (arrayMap(part -> if(match(part, '^[0-9]+$$'), leftPad(part, 19, '0'), part), splitByChar('.', k)), v),
          arrayFilter(k -> startsWith(k, 'llm.input_messages.') OR startsWith(k, 'gen_ai.prompt.'), mapKeys(content)),
          arrayFilter((v, k) -> startsWith(k, 'llm.input_messages.') OR startsWith(k, 'gen_ai.prompt.'), mapValues(content), mapKeys(content)))) AS flat,
        arrayStringConcat(arrayMap(t -> t.2, flat), '\x1f') AS flat_messages,
        arrayMap(t -> t.2, arrayFilter(t -> t.1[-1] = 'role', flat)) AS flat_roles,
        arraySum(t -> if(t.1[3] = leftPad('0', 19, '0'), length(t.2) + 1, 0), flat) AS first_flat_bytes,
        arrayStringConcat(arrayMap(t -> t.2, arraySort(t -> t.1,
          arrayMap((k, v) -> (arrayMap(part -> if(match(part, '^[0-9]+$$'), leftPad(part, 19, '0'), part), splitByChar('.', k)), v),
            arrayFilter(k -> startsWith(k, 'llm.tools.'), mapKeys(content)),
            arrayFilter((v, k) -> startsWith(k, 'llm.tools.'), mapValues(content), mapKeys(content))))), '\x1f') AS flat_tools
      FROM payloads
      WHERE project = {project:String} AND $received AND (trace_id, span_id) IN (SELECT trace_id, source FROM sources)
      -- a block of the usual 65,536 prompts would not fit into memory; the condition cache puts small blocks together again
      SETTINGS max_block_size = 256, use_query_condition_cache = 0
    )
    UNION ALL
    SELECT trace_id, span_id, anyIf(said_tools, said_tools != '') AS tools, anyIf(said_system, said_system != '') AS system,
      if(max(said_messages) != '', anyIf(said_messages, said_messages != ''), arrayStringConcat(arraySort(t -> t.1, groupArrayIf((time_ns, said_turn), said_turn != '')).2, '\x1f')) AS messages,
      if(JSONExtractString(messages, 1, 'role') IN ('system', 'developer'), length(JSONExtractRaw(messages, 1)), 0) AS leading_system_bytes
    FROM (
      SELECT trace_id, span_id, time_ns,
        multiIf(attr_string['gen_ai.tool.definitions'] != '', attr_string['gen_ai.tool.definitions'], attr_other['gen_ai.tool.definitions']) AS said_tools,
        multiIf(attr_string['gen_ai.system_instructions'] != '', attr_string['gen_ai.system_instructions'], attr_other['gen_ai.system_instructions']) AS said_system,
        multiIf(attr_string['gen_ai.input.messages'] != '', attr_string['gen_ai.input.messages'],
          attr_other['gen_ai.input.messages'] != '', attr_other['gen_ai.input.messages'],
          name = 'gen_ai.client.inference.operation.details', JSONExtractRaw(body, 'gen_ai.input.messages'),
          name = 'gen_ai.content.prompt', attr_string['gen_ai.prompt'], '') AS said_messages,
        if(name IN ('gen_ai.system.message', 'gen_ai.user.message', 'gen_ai.assistant.message', 'gen_ai.tool.message'),
          concat(name, '\x1f', if(body != '', body, attr_string['content'])), '') AS said_turn
      FROM events
      WHERE project = {project:String} AND $received_later AND (trace_id, span_id) IN (SELECT trace_id, source FROM sources)
        AND name IN ('gen_ai.client.inference.operation.details', 'gen_ai.content.prompt', 'gen_ai.system.message', 'gen_ai.user.message',
          'gen_ai.assistant.message', 'gen_ai.tool.message')
    )
    GROUP BY trace_id, span_id
    UNION ALL
    SELECT trace_id, span_id, attr_other['gen_ai.tool.definitions'] AS tools, attr_other['gen_ai.system_instructions'] AS system,
      attr_other['gen_ai.input.messages'] AS messages,
      if(JSONExtractString(messages, 1, 'role') IN ('system', 'developer'), length(JSONExtractRaw(messages, 1)), 0) AS leading_system_bytes
    FROM spans
    WHERE project = {project:String} AND $started AND (trace_id, span_id) IN (SELECT trace_id, source FROM sources)
  )
  WHERE messages != ''
  LIMIT 1 BY trace_id, span_id
) AS p
INNER JOIN (
  SELECT n.*, o.source AS source FROM $calls AS n ANY INNER JOIN sources AS o ON n.trace_id = o.trace_id AND n.span_id = o.span_id
) AS c ON p.trace_id = c.trace_id AND p.span_id = c.source)
