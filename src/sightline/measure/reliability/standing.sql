-- Where the durations of one trace's spans stand among those of their like: the same stage and model, without a failure.
SELECT any(m.span_ids) AS span_ids, count() AS n, quantileExactInclusive(0.5)(o.duration_ns) AS p50_ns,
  sumForEach(arrayMap(d -> toUInt64(o.duration_ns < d), m.durations)) AS below,
  sumForEach(arrayMap(d -> toUInt64(o.duration_ns = d), m.durations)) AS equal
FROM (
  SELECT stage, ifNull(model, '') AS model, assumeNotNull(duration_ns) AS duration_ns FROM spans
  WHERE project = {project:String} AND $window AND usage_counted AND duration_ns IS NOT NULL AND status != 'error'
) AS o
INNER JOIN (
  SELECT stage, ifNull(model, '') AS model, groupArray(500)(span_id) AS span_ids, groupArray(500)(assumeNotNull(duration_ns)) AS durations
  FROM spans
  WHERE project = {project:String} AND $own AND trace_id = {trace_id:String} AND usage_counted AND duration_ns IS NOT NULL
  GROUP BY stage, model
) AS m ON o.stage = m.stage AND o.model = m.model
GROUP BY m.stage, m.model
