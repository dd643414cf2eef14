-- Which traces a page shows: narrow columns only, the rows themselves are read afterwards.
SELECT trace_id, toUnixTimestamp64Nano(start) AS start_ns, $key AS sort_key, settled
FROM traces
WHERE project = {project:String}
  AND $window
  AND $after
  AND $filter
ORDER BY sort_key $direction NULLS LAST, trace_id $direction
LIMIT {rows:UInt32}
