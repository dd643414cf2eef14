-- Which span has each call's prompt: the call's own, or the one that wraps it where its own has none.
SELECT trace_id, span_id,
  if(wrapper_span_id IS NULL OR (trace_id, span_id) IN (
    SELECT trace_id, span_id
    FROM payloads
    WHERE project = {project:String} AND $received AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM newest WHERE wrapper_span_id IS NOT NULL)
      AND arrayExists(k -> startsWith(k, 'llm.input_messages.') OR startsWith(k, 'gen_ai.prompt.') OR k IN ('gen_ai.input.messages',
        'ai.prompt.messages', 'langfuse.observation.input', 'pydantic_ai.all_messages', 'all_messages_events', 'gen_ai.prompt', 'ai.prompt',
        'request_data', 'mlflow.spanInputs', 'traceloop.entity.input', 'input.value'), mapKeys(content))
    UNION DISTINCT
    SELECT trace_id, span_id
    FROM events
    WHERE project = {project:String} AND $received_later
      AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM newest WHERE wrapper_span_id IS NOT NULL)
      AND name IN ('gen_ai.client.inference.operation.details', 'gen_ai.content.prompt', 'gen_ai.user.message')
    UNION DISTINCT
    SELECT trace_id, span_id
    FROM spans
    WHERE project = {project:String} AND $started AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM newest WHERE wrapper_span_id IS NOT NULL)
      AND attr_other['gen_ai.input.messages'] != ''
  ), span_id, assumeNotNull(wrapper_span_id)) AS source
FROM newest
