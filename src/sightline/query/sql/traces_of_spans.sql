-- The traces of spans that are known by their own id alone: no index helps, their ids are read one column wide.
SELECT span_id, any(trace_id) AS trace_id
FROM spans
WHERE project = {project:String} AND span_id IN {span_ids:Array(String)}
GROUP BY span_id
