-- How many rows the primary key leaves to read; costs no reading.
EXPLAIN ESTIMATE SELECT count() FROM $table WHERE project = {project:String} AND $window
