INSERT INTO call_index
SELECT project, assumeNotNull(response_id), trace_id, span_id, scope_name, start_ns, end_ns, lone, input_tokens, output_tokens, today()
FROM settling_calls
WHERE response_id IS NOT NULL AND kind IN ('llm', 'embedding', 'rerank')
