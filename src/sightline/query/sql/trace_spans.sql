-- A trace's spans in the order that they began; of a span that came twice, the last.
SELECT $columns
FROM spans
WHERE project = {project:String} AND $window AND trace_id = {trace_id:String} AND $span
ORDER BY start, span_id, received DESC
LIMIT 1 BY span_id
LIMIT {rows:UInt32}
