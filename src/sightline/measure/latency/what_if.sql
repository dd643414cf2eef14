-- Percentiles of all requests if one part had never taken longer than is usual for it: an array for each percentile, a place for each part.
SELECT $what_if AS quantiles
FROM (
  SELECT r.trace_id AS trace_id, any(r.value) AS value, any(r.weight) AS weight,
    arrayMap((name, median) -> any(r.value) - arraySum(arrayMap((own, ns) -> if(own = name, greatest(0., ns - median), 0.), groupArray(concat(if(p.is_app, 'a', 's'), p.part)), groupArray(p.ns))),
      {names:Array(String)}, {medians:Array(Float64)}) AS values
  FROM $requests AS r
  LEFT JOIN $parts AS p ON r.trace_id = p.trace_id
  GROUP BY r.trace_id
) AS v
