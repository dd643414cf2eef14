-- Two arms of live traffic: sums over units at each of several looks, with the units' own past. Its requests come with their unit and
-- what is measured of them (y over x); a request's arm is what one of its spans says. A unit that was seen in both arms is left out.
SELECT second, count() AS units_in_all, countIf(mixed) AS mixed_units,
  sumForEachIf(seen, NOT mixed) AS units, sumForEachIf(ys, NOT mixed) AS y, sumForEachIf(xs, NOT mixed) AS x,
  sumForEachIf(arrayMap((a, b) -> a * b, ys, ys), NOT mixed) AS yy, sumForEachIf(arrayMap((a, b) -> a * b, xs, xs), NOT mixed) AS xx,
  sumForEachIf(arrayMap((a, b) -> a * b, xs, ys), NOT mixed) AS xy,
  sumForEachIf(arrayMap(s -> s * past_y, seen), NOT mixed) AS p, sumForEachIf(arrayMap(s -> s * past_x, seen), NOT mixed) AS q,
  sumForEachIf(arrayMap(s -> s * past_y * past_y, seen), NOT mixed) AS pp, sumForEachIf(arrayMap(s -> s * past_x * past_x, seen), NOT mixed) AS qq,
  sumForEachIf(arrayMap(s -> s * past_y * past_x, seen), NOT mixed) AS pq,
  sumForEachIf(arrayMap(v -> v * past_y, ys), NOT mixed) AS yp, sumForEachIf(arrayMap(v -> v * past_x, ys), NOT mixed) AS yq,
  sumForEachIf(arrayMap(v -> v * past_y, xs), NOT mixed) AS xp, sumForEachIf(arrayMap(v -> v * past_x, xs), NOT mixed) AS xq,
  sumIf(requests, NOT mixed) AS requests
FROM (
  SELECT unit, countIf(during AND is_second) > 0 AS second, countIf(during AND is_first) > 0 AND second AS mixed,
    arrayCumSum(arrayMap(k -> arraySum((i, v) -> if(i = k, v, 0), looks, ys_of), range({looks:UInt16}))) AS ys,
    arrayCumSum(arrayMap(k -> arraySum((i, v) -> if(i = k, v, 0), looks, xs_of), range({looks:UInt16}))) AS xs,
    arrayMap(v -> toFloat64(v > 0), xs) AS seen,
    groupArrayIf(look, during) AS looks, groupArrayIf(y, during) AS ys_of, groupArrayIf(x, during) AS xs_of, length(looks) AS requests,
    sumIf(y, start_ns < {started_ns:Int64}) AS past_y, sumIf(x, start_ns < {started_ns:Int64}) AS past_x
  FROM (
    SELECT t.unit AS unit, t.start_ns AS start_ns, t.y AS y, t.x AS x, a.first AS is_first, a.second AS is_second, a.first != a.second AS of_arm,
      of_arm AND t.start_ns >= {started_ns:Int64} AND t.x > 0 AS during, toUInt16(intDiv(t.start_ns - {started_ns:Int64}, {width:Int64})) AS look
    FROM ($requests) AS t
    LEFT ANY JOIN (
      SELECT trace_id, max(arm = {first:String}) AS first, max(arm = {second:String}) AS second
      FROM (SELECT trace_id, toString($arm) AS arm FROM spans WHERE project = {project:String} AND $near AND settled)
      WHERE arm IN ({first:String}, {second:String})
      GROUP BY trace_id
    ) AS a ON t.trace_id = a.trace_id
  )
  GROUP BY unit
  HAVING countIf(during) > 0
)
GROUP BY second
ORDER BY second
