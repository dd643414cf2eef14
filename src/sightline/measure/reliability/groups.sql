-- By groups: cases ($case), the requests they happened in, and all spans of the group, of which nothing is read where nobody asks ($only).
SELECT *, count() OVER () AS group_count
FROM (
  SELECT
    s.group_key AS group_key, any($texts) AS texts, groupUniqArray(20)($kinds) AS kinds,
    sumIf(s.weight, $case) AS cases,
    sum(s.weight) AS spans, sum(s.weight * s.weight) AS squared,
    uniqExactIf(s.trace_id, $case) AS traces,
    toUnixTimestamp64Nano(maxIf(s.start, $case)) AS last_ns,
    arraySlice(arrayDistinct(arrayMap(x -> x.2, groupArraySortedIf(25)((-toUnixTimestamp64Nano(s.start), s.trace_id), $case))), 1, 5) AS trace_ids
  FROM $spans AS s
  WHERE $only
  GROUP BY s.group_key
)
WHERE cases > 0
ORDER BY cases DESC, group_key
LIMIT {rows:UInt64}
