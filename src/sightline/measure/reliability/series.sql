-- Cases ($case) over time: the groups with most of them, the others together under 0; and all spans and requests beside them.
SELECT
  intDiv(toUnixTimestamp64Nano(s.start), {width:Int64}) AS time,
  if(s.group_key IN {top:Array(UInt64)}, s.group_key, 0) AS top_key,
  sumIf(s.weight, $case) AS cases,
  sum(s.weight) AS spans
FROM $spans AS s
GROUP BY time, top_key
HAVING cases > 0
ORDER BY time, top_key
LIMIT {rows:UInt64}
