-- What was good and what was bad, by pieces of time, and in the windows that end now. A request that is still arriving is not judged.
SELECT
  intDiv(toUnixTimestamp(s.start), {width_s:Int64}) AS piece,
  sumIf(s.weight, s.good) AS good, sumIf(s.weight, s.bad) AS bad,
  sumIf(s.weight * s.weight, s.good OR s.bad) AS squared,
  sumIf(s.weight, NOT s.good AND NOT s.bad) AS unknown,
  sumForEach(arrayMap(w -> if(s.start >= $now - toIntervalSecond(w) AND s.good, s.weight, 0.), {windows_s:Array(Int64)})) AS good_in,
  sumForEach(arrayMap(w -> if(s.start >= $now - toIntervalSecond(w) AND s.bad, s.weight, 0.), {windows_s:Array(Int64)})) AS bad_in
FROM (
  SELECT start, weight, ifNull($good, false) AS good, ifNull($bad, false) AND NOT good AS bad
  FROM $table
  WHERE project = {project:String} AND $window AND settled $counted AND $among
) AS s
GROUP BY piece
ORDER BY piece
