-- Large content by span; of a span that came twice, the last one's wins, so it comes last.
SELECT span_id, content
FROM payloads
WHERE project = {project:String} AND $received AND trace_id = {trace_id:String} AND $span
ORDER BY received
LIMIT {rows:UInt32}
