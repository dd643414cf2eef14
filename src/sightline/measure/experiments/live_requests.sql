-- Requests with the unit that was assigned, and what is measured of each.
SELECT t.trace_id AS trace_id, toString(t.$unit) AS unit, toUnixTimestamp64Nano(t.start) AS start_ns, $y AS y, $x AS x
FROM traces AS t $join
WHERE t.project = {project:String} AND $window AND t.$unit IS NOT NULL AND $filter AND t.settled
