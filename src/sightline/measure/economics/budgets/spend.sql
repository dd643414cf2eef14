-- What was spent under a budget: a row for each group, what the period spent most on first. `pieces` are the whole days before today and
-- the hours of today: when it began, what it cost, what of that came after the present time of day, calls with a cost, calls without
-- one. `burnt_*` are the same sums for windows that end now.
SELECT
  d.group_key AS group_key, any(d.texts) AS texts, groupUniqArrayArray(d.kinds) AS kinds,
  groupArray((d.begins_s, d.cost_usd, d.rest_usd, d.priced_calls, d.missed_calls)) AS pieces,
  sumForEach(d.burnt_usd) AS burnt_usd, sumForEach(d.burnt_priced) AS burnt_priced, sumForEach(d.burnt_missed) AS burnt_missed,
  sumIf(ifNull(d.cost_usd, 0), d.begins_s >= {period_s:Int64}) AS size,
  count() OVER () AS group_count
FROM (
  SELECT
    c.group_key AS group_key, any($texts) AS texts, groupUniqArray($kinds) AS kinds,
    intDiv(toUnixTimestamp(c.start), if(c.start < $today, 86400, 3600)) * if(c.start < $today, 86400, 3600) AS begins_s,
    sum(c.weight * c.cost_usd) AS cost_usd,
    sumIf(c.weight * c.cost_usd, toUnixTimestamp64Nano(c.start) % 86400000000000 >= {time_of_day_ns:Int64}) AS rest_usd,
    sumIf(c.weight, c.priced) AS priced_calls,
    sumIf(c.weight, c.unpriced OR c.unknown_usage) AS missed_calls,
    sumForEach(arrayMap(w -> if(c.start >= $now - toIntervalSecond(w), c.weight * ifNull(c.cost_usd, 0), 0), {windows_s:Array(Int64)})) AS burnt_usd,
    sumForEach(arrayMap(w -> c.start >= $now - toIntervalSecond(w) AND c.priced, {windows_s:Array(Int64)})) AS burnt_priced,
    sumForEach(arrayMap(w -> c.start >= $now - toIntervalSecond(w) AND (c.unpriced OR c.unknown_usage), {windows_s:Array(Int64)})) AS burnt_missed
  FROM $calls AS c
  WHERE $group
  GROUP BY c.group_key, begins_s
) AS d
GROUP BY d.group_key
ORDER BY size DESC, group_key
LIMIT {rows:UInt64}
