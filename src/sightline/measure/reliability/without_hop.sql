-- The latest requests of a task that lack a hop, for each of the pairs that are asked about.
SELECT wanted.1 AS task, wanted.2 AS kind, wanted.3 AS stage, arrayMap(x -> x.2, groupArraySorted(20)((-toUnixTimestamp64Nano(start), trace_id))) AS trace_ids
FROM (
  SELECT trace_id, start, arrayJoin(arrayFilter(w -> w.1 = task AND NOT has(hops, concat(w.2, '\x1f', w.3)), {wanted:Array(Tuple(String, String, String))})) AS wanted
  FROM $requests
)
GROUP BY wanted
