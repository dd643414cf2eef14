-- The application's own cache by task: requests that it answered, and those that it did not.
SELECT
  r.is_now AS is_now, r.task AS task,
  sum(r.w) AS requests, sumIf(r.w, r.hit) AS hits, sumIf(r.w, r.missed AND NOT r.hit) AS misses_said,
  sumIf(r.w * r.cost, r.hit) / sumIf(r.w, r.hit AND r.cost IS NOT NULL) AS hit_usd,
  sumIf(r.w * r.cost, r.missed AND NOT r.hit) / sumIf(r.w, r.missed AND NOT r.hit AND r.cost IS NOT NULL) AS miss_usd,
  sumIf(r.w * r.cost, NOT r.hit) / sumIf(r.w, NOT r.hit AND r.cost IS NOT NULL) AS other_usd
FROM (
  SELECT s.is_now AS is_now, argMin(s.task, (s.parent_span_id IS NOT NULL, s.start)) AS task, max(s.weight) AS w,
    if(countIf(s.is_call) = 0, 0, sum(s.cost_usd)) AS cost,
    countIf(s.served_from_cache = true) > 0 AS hit, countIf(s.served_from_cache = false) > 0 AS missed
  FROM $calls AS s
  GROUP BY s.is_now, cityHash64(s.trace_id)
) AS r
GROUP BY r.is_now, r.task
HAVING hits > 0 OR misses_said > 0
