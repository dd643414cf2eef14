-- Calls to models that failed, with what came after them in the same stage: another try, another model, or nothing. `backoff_ns` is the wait
-- between the failure and the next try.
(SELECT trace_id, weight, stage, model, error_type, critical_ns,
  multiIf(next_start_ns IS NULL, 'gave up', next_fallback IS NOT NULL, 'fallback', 'retry') AS then,
  if(next_start_ns IS NULL, 0, greatest(0, next_start_ns - end_ns)) AS backoff_ns
FROM (
  SELECT s.trace_id AS trace_id, r.weight AS weight, s.stage AS stage, s.model AS model, s.error_type AS error_type, s.status AS status,
    toFloat64(s.critical_ns) AS critical_ns, toUnixTimestamp64Nano(s.start) + toInt64(least(ifNull(s.duration_ns, 0), 4611686018427387904)) AS end_ns,
    leadInFrame(toNullable(toUnixTimestamp64Nano(s.start))) OVER w AS next_start_ns, leadInFrame(s.fallback_of) OVER w AS next_fallback
  FROM (
    SELECT trace_id, parent_span_id, span_id, stage, model, error_type, status, critical_ns, start, duration_ns, fallback_of
    FROM spans WHERE project = {project:String} AND $near AND settled AND kind = 'llm' AND critical_ns IS NOT NULL AND parent_span_id IS NOT NULL
      AND trace_id IN (SELECT trace_id FROM spans WHERE project = {project:String} AND $near AND settled AND kind = 'llm' AND status = 'error')
  ) AS s
  INNER JOIN $requests AS r ON s.trace_id = r.trace_id
  WINDOW w AS (PARTITION BY s.trace_id, s.parent_span_id, s.stage ORDER BY s.start, s.span_id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
)
WHERE status = 'error')
