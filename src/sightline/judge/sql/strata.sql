-- Rows with their group's share of the sampling rate: the rate, spread evenly over the groups that there were the day before, whole where a
-- group is too small for its part. A day without a yesterday, or a group that is new, has the rate as it is.
(
  SELECT r.*, if(s.stratum_count = 0, {rate:Float64}, least(1., {rate:Float64} * s.stratum_total / s.strata / s.stratum_count)) AS stratum_probability
  FROM (SELECT *, $key AS stratum_key FROM $relation WHERE project = {project:String} AND $window) AS r
  LEFT ANY JOIN (
    SELECT day + 1 AS for_day, key, n AS stratum_count, sum(n) OVER (PARTITION BY day) AS stratum_total, count() OVER (PARTITION BY day) AS strata
    FROM (SELECT toDate(start) AS day, $key AS key, count() AS n FROM $relation WHERE project = {project:String} AND $before AND $filter GROUP BY day, key)
  ) AS s ON toDate(r.start) = s.for_day AND r.stratum_key = s.key
) AS stratified
