-- By groups: sums that means with their intervals are made of. A trace's searches belong together: they are summed up first.
-- `empty`: nothing was found. `gap`: how far the best document stands out from their mean.
SELECT group_key, any(t.texts) AS texts, groupUniqArrayArray(20)(t.kinds) AS kinds, count() AS traces, sum(n) AS retrievals, sum(w) AS weight,
  sum(t.counted) AS counted, sum(t.counted_2) AS counted_2, sum(t.empty) AS empty, sum(t.found) AS found,
  $moments,
  arraySlice(arrayDistinct(groupArrayIf(20)(t.trace_id, t.empty > 0)), 1, 5) AS empty_traces,
  toUnixTimestamp64Nano(min(first)) AS first_ns, toUnixTimestamp64Nano(max(last)) AS last_ns, count() OVER () AS group_count
FROM (
  SELECT s.group_key AS group_key, s.trace_id AS trace_id, any($texts) AS texts, groupUniqArray(3)($kinds) AS kinds, count() AS n, sum(s.weight) AS w,
    sumIf(s.weight, s.document_count IS NOT NULL) AS counted, sumIf(s.weight * s.weight, s.document_count IS NOT NULL) AS counted_2,
    sumIf(s.weight, s.document_count = 0) AS empty, sumIf(s.weight * s.document_count, s.document_count IS NOT NULL) AS found,
    sumIf(s.weight * s.top_score, s.top_score IS NOT NULL) AS top_y, sumIf(s.weight, s.top_score IS NOT NULL) AS top_x,
    sumIf(s.weight * (s.top_score - s.mean_score), s.top_score IS NOT NULL AND s.document_count > 1) AS gap_y,
    sumIf(s.weight, s.top_score IS NOT NULL AND s.document_count > 1) AS gap_x,
    min(s.start) AS first, max(s.start) AS last
  FROM $spans AS s
  GROUP BY s.group_key, s.trace_id
) AS t
GROUP BY group_key
ORDER BY retrievals DESC, group_key
LIMIT {rows:UInt64}
