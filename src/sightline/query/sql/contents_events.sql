-- The events and log records of many spans, which may hold their content.
SELECT trace_id, span_id, name, body, attr_string, attr_int, attr_double, attr_bool, attr_other
FROM events
WHERE project = {project:String} AND $received AND trace_id IN {trace_ids:Array(String)} AND span_id IN {span_ids:Array(String)}
ORDER BY time_ns
LIMIT {rows:UInt32}
