-- Whether any row of the window stands for more than itself: only then do measures pay for weights.
SELECT 1 AS weighted
FROM $table
WHERE project = {project:String} AND $window AND weight != 1
LIMIT 1
