-- Spend over time: the groups with most of it, the others together under 0.
SELECT
  intDiv(toUnixTimestamp64Nano(c.start), {width:Int64}) AS time,
  if(c.group_key IN {top:Array(UInt64)}, c.group_key, 0) AS top_key,
  sum(c.weight * c.cost_usd) AS cost_usd,
  sum(c.weight) AS calls
FROM $calls AS c
GROUP BY time, top_key
ORDER BY time, top_key
LIMIT {rows:UInt64}
