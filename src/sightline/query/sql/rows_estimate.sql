-- How many rows the primary key leaves to read; costs no reading. Without the projection that counts whole parts, which would leave none to read.
EXPLAIN ESTIMATE
SELECT count() FROM $table WHERE project = {project:String} AND $window
SETTINGS optimize_use_implicit_projections = 0
