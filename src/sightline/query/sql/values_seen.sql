-- Values for completion, most frequent first: of the latest rows only, so that typing never waits for a scan.
SELECT seen AS value
FROM (
  SELECT toString($key) AS seen
  FROM spans
  WHERE project = {project:String} AND $window AND ($key) IS NOT NULL
  LIMIT 1000000
)
WHERE startsWith(seen, {prefix:String}) AND seen != ''
GROUP BY seen
ORDER BY count() DESC, seen
LIMIT {rows:UInt32}
