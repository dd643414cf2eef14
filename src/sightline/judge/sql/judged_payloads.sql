SELECT trace_id, span_id, content
FROM payloads
WHERE project = {project:String} AND $received AND trace_id IN {trace_ids:Array(String)} AND span_id IN {of_spans:Array(String)}
