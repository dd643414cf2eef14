INSERT INTO rollup_latency
SELECT project, 'spans', toStartOfHour(start) AS at, {build:UInt64}, stage, task, model, kind, retention,
  count(), countIf(status = 'error'), {{sums}}
FROM spans
WHERE project IN (SELECT project FROM rollup_due)
  AND toStartOfFiveMinutes(start) IN (SELECT arrayJoin(arrayMap(i -> hour + i * 300, range(12))) FROM rollup_due)
  AND start >= (SELECT min(hour) FROM rollup_due) AND start < (SELECT max(hour) FROM rollup_due) + INTERVAL 1 HOUR
  AND (project, toStartOfHour(start)) IN (SELECT project, hour FROM rollup_due)
  AND settled
GROUP BY project, at, stage, task, model, kind, retention
