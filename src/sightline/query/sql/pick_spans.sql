-- Which spans a page shows: narrow columns only, the rows themselves are read afterwards.
SELECT trace_id, span_id, toUnixTimestamp64Nano(start) AS start_ns, $key AS sort_key, settled
FROM spans
WHERE project = {project:String}
  AND $window
  AND $after
  AND $filter
ORDER BY sort_key $direction NULLS LAST, trace_id $direction, span_id $direction
LIMIT 1 BY trace_id, span_id
LIMIT {rows:UInt32}
