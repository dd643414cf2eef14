-- Verdicts on a trace and on its spans; of one judge and version, the last.
SELECT span_id, name, value, label, source, explanation
FROM scores
WHERE project = {project:String} AND trace_id = {trace_id:String}
ORDER BY name, received DESC
LIMIT 1 BY span_id, name, source, version
LIMIT {rows:UInt32}
