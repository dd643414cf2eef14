-- Which scores a page shows: narrow columns only, the rows themselves are read afterwards.
SELECT id, toUnixTimestamp64Nano(start) AS start_ns, $key AS sort_key, settled
FROM scores
WHERE project = {project:String}
  AND $window
  AND $after
  AND $filter
ORDER BY sort_key $direction NULLS LAST, id $direction
LIMIT 1 BY id
LIMIT {rows:UInt32}
