-- What each request waited for: nanoseconds by part, a part being a stage, or the application between the spans that it encloses.
(SELECT s.trace_id AS trace_id, any(r.value) AS value, any(r.weight) AS weight,
  s.self_ns < s.duration_ns AS is_app, if(is_app, '', s.stage) AS part, toFloat64(sum(s.critical_ns)) AS ns
FROM (SELECT trace_id, stage, self_ns, duration_ns, critical_ns FROM spans WHERE project = {project:String} AND $near AND cityHash64(trace_id) % {every:UInt64} = 0 AND settled AND critical_ns > 0) AS s
INNER JOIN $requests AS r ON s.trace_id = r.trace_id
GROUP BY s.trace_id, is_app, part)
