SELECT $columns
FROM $traces
WHERE project = {project:String} AND $window AND trace_id = {trace_id:String}
LIMIT 1
