-- The answers of traces: their roots and their model calls.
SELECT $columns, parent_span_id IS NULL AS is_root
FROM spans
WHERE project = {project:String} AND $near AND trace_id IN {trace_ids:Array(String)} AND (parent_span_id IS NULL OR kind = 'llm') AND settled
ORDER BY start, span_id, received DESC
LIMIT 1 BY trace_id, span_id
LIMIT {rows:UInt64}
