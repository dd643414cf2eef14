INSERT INTO rollup_latency
SELECT project, 'requests', toStartOfHour(start) AS at, {build:UInt64}, ifNull(name, ''), task, NULL, ifNull(kind, ''), retention,
  count(), countIf(status = 'error'), {{sums}}
FROM (SELECT *, CAST(NULL, 'Nullable(UInt64)') AS critical_ns FROM traces_settled)
WHERE project IN (SELECT project FROM rollup_due)
  AND start >= (SELECT min(hour) FROM rollup_due) AND start < (SELECT max(hour) FROM rollup_due) + INTERVAL 1 HOUR
  AND (project, toStartOfHour(start)) IN (SELECT project, hour FROM rollup_due)
GROUP BY project, at, name, task, kind, retention
