-- Counts, sums and sketches by groups (and pieces of time): whole hours that are rolled up, and what lies between them as rows.
SELECT v.group_key AS group_key, any($texts) AS texts, groupUniqArray($kinds) AS kinds, $time AS time,
  sum(v.n) AS n, sum(v.total) AS total, max(v.most) AS max, sumMap(v.bins) AS bins, count() OVER () AS group_count
FROM (
  SELECT $groups, toUnixTimestamp(hour) AS start_s, $measure_n AS n, $measure_sum AS total, $measure_max AS most, $measure_bins AS bins
  FROM rollup_latency
  WHERE project = {project:String} AND of = {of:String} AND (toUnixTimestamp(hour), build) IN (SELECT arrayJoin(arrayZip({hours:Array(UInt32)}, {builds:Array(UInt64)})))
    AND hour >= toDateTime({first_s:UInt32}, 'UTC') AND hour <= toDateTime({last_s:UInt32}, 'UTC') AND $measure_n > 0 AND $matches
  UNION ALL
  SELECT $groups, toUnixTimestamp(start) AS start_s, toUInt64(1) AS n, toFloat64(assumeNotNull($measure_ns)) AS total, total AS most,
    map($bin, toUInt64(1)) AS bins
  FROM $source
    AND settled AND isNotNull($measure_ns) AND ($between)
) AS v
GROUP BY v.group_key, time
ORDER BY n DESC, group_key, time
LIMIT {rows:UInt64}
