SELECT trace_id, span_id, name, body, attr_string, attr_int, attr_double, attr_bool, attr_other
FROM events
WHERE project = {project:String} AND $received AND trace_id IN {trace_ids:Array(String)} AND span_id IN {of_spans:Array(String)}
  AND (startsWith(name, 'gen_ai.') OR startsWith(name, 'llm.'))
ORDER BY time_ns
LIMIT 200 BY trace_id, span_id
