-- Calls of the window with the kinds of waste that whole calls are, in the order in which they are counted, and the first that fits.
SELECT trace_id, span_id, weight,
  CAST([
    ('failed_requests', trace_id IN (SELECT trace_id FROM spans WHERE project = {project:String} AND $roots AND parent_span_id IS NULL AND status = 'error'), cost_usd),
    ('retries', superseded OR (trace_id, span_id) IN (SELECT trace_id, assumeNotNull(fallback_of) FROM $calls AS f WHERE f.fallback_of IS NOT NULL), cost_usd),
    ('abandoned_streams', ifNull(streamed, false) AND (error_type = 'cancelled' OR (finish_reason IS NULL AND status = 'error')), cost_usd),
    ('repeated_requests', (trace_id, span_id) IN (SELECT trace_id, span_id FROM $repeats), cost_usd),
    ('truncated_output', finish_reason = 'length', output_cost_usd)
  ], 'Array(Tuple(kind String, fits Nullable(Bool), usd Nullable(Float64)))') AS kinds,
  arrayFirstIndex(k -> ifNull(k.fits, false), kinds) AS first_kind
FROM (
  SELECT *, ifNull(leadInFrame(attempt) OVER (PARTITION BY trace_id, parent_span_id, stage ORDER BY start, span_id
    ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) > attempt, false) AS superseded
  FROM $calls AS s
)
WHERE is_now AND first_kind > 0
