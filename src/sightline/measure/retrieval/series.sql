-- The same over time, of the groups that are shown.
SELECT time, group_key, sum(n) AS retrievals, sum(t.counted) AS counted, sum(t.counted_2) AS counted_2, sum(t.empty) AS empty, $moments
FROM (
  SELECT intDiv(toUnixTimestamp64Nano(s.start), {width:Int64}) AS time, s.group_key AS group_key, s.trace_id AS trace_id, count() AS n,
    sumIf(s.weight, s.document_count IS NOT NULL) AS counted, sumIf(s.weight * s.weight, s.document_count IS NOT NULL) AS counted_2,
    sumIf(s.weight, s.document_count = 0) AS empty,
    sumIf(s.weight * s.top_score, s.top_score IS NOT NULL) AS top_y, sumIf(s.weight, s.top_score IS NOT NULL) AS top_x,
    sumIf(s.weight * (s.top_score - s.mean_score), s.top_score IS NOT NULL AND s.document_count > 1) AS gap_y,
    sumIf(s.weight, s.top_score IS NOT NULL AND s.document_count > 1) AS gap_x
  FROM $spans AS s
  WHERE s.group_key IN {top:Array(UInt64)}
  GROUP BY time, group_key, trace_id
) AS t
GROUP BY time, group_key
ORDER BY time, group_key
LIMIT {rows:UInt64}
