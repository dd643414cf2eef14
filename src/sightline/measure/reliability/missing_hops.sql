-- Hops that most requests of a task make and some do not: how many do, and how the others ended.
SELECT h.task AS task, h.kind AS kind, h.stage AS stage, any(a.requests) AS of_task, count() AS with_hop, of_task - with_hop AS without,
  any(a.failed) - countIf(h.failed) AS without_failed
FROM (
  SELECT task, failed, arrayJoin(hops) AS hop, hop.1 AS kind, hop.2 AS stage FROM $requests
) AS h
INNER JOIN (SELECT task, count() AS requests, countIf(failed) AS failed FROM $requests GROUP BY task) AS a ON h.task = a.task
GROUP BY h.task, h.kind, h.stage
HAVING with_hop >= {usual:Float64} * of_task AND with_hop < of_task AND of_task >= {fewest:UInt64}
ORDER BY without_failed DESC, without / of_task DESC, task, stage
LIMIT {rows:UInt64}
