-- The rows of a page, by id within the narrowest window that holds them.
SELECT $columns
FROM $relation
WHERE project = {project:String} AND $window AND trace_id IN {trace_ids:Array(String)} AND span_id IN {span_ids:Array(String)}
