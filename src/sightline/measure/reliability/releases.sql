-- Releases that a service had not run before, and the one it ran until then. What was seen since `$since` counts as seen before.
SELECT service, environment, release, previous, toUnixTimestamp64Nano(first) AS first_ns
FROM (
  SELECT service, environment, release, first,
    lagInFrame(release) OVER (PARTITION BY service, environment ORDER BY first, release ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS previous
  FROM (
    SELECT service, environment, release, min(start) AS first
    FROM spans
    WHERE project = {project:String} AND $since AND release IS NOT NULL
    GROUP BY service, environment, release
  )
)
WHERE first >= $from AND previous IS NOT NULL
ORDER BY first DESC, service, environment, release
LIMIT {rows:UInt64}
