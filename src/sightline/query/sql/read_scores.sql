-- The rows of a page, by id within the narrowest window that holds them; of one that is being replaced, the last written.
SELECT $columns
FROM $relation
WHERE project = {project:String} AND $window AND id IN {ids:Array(String)}
ORDER BY written DESC
LIMIT 1 BY id
