-- Cases ($case) over time: the groups with most of them, the others together under 0.
SELECT
  intDiv(toUnixTimestamp64Nano(s.start), {width:Int64}) AS time,
  if(s.group_key IN {top:Array(UInt64)}, s.group_key, 0) AS top_key,
  sum(s.weight) AS cases
FROM $spans AS s
WHERE $case
GROUP BY time, top_key
ORDER BY time, top_key
LIMIT {rows:UInt64}
