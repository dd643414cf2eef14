SELECT count() > 0 AS weighted FROM (SELECT 1 FROM $table WHERE project = {project:String} AND $window AND weight != 1 LIMIT 1)
