-- Hops that most requests of a task make and some do not: how many do, and how the others ended. A failed request counts twice in
-- `with_and_failed`: a map of sums forgets what is 0.
SELECT task, splitByChar('\x1f', hop)[1] AS kind, splitByChar('\x1f', hop)[2] AS stage, of_task, with_hop, of_task - with_hop AS without,
  failed - (with_and_failed - with_hop) AS without_failed
FROM (
  SELECT r.task AS task, count() AS of_task, countIf(r.failed) AS failed,
    sumMap(r.hops, arrayMap(h -> toUInt64(1), r.hops)) AS made, sumMap(r.hops, arrayMap(h -> toUInt64(1 + r.failed), r.hops)) AS made_and_failed
  FROM $requests AS r
  GROUP BY r.task
  HAVING of_task >= {fewest:UInt64}
)
ARRAY JOIN made.1 AS hop, made.2 AS with_hop, made_and_failed.2 AS with_and_failed
WHERE with_hop >= {usual:Float64} * of_task AND with_hop < of_task
ORDER BY without_failed DESC, without / of_task DESC, task, stage
LIMIT {rows:UInt64}
