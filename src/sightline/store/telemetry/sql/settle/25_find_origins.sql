-- Where failures began: nothing below the span failed too. A client's HTTP span takes no failure from the call above it, and none begins
-- there when that one failed; a wrapper's is its call's.
INSERT INTO settling_origins
SELECT f.project, f.trace_id, f.span_id, f.usage_counted AND b.span_id = '' AND NOT (f.is_http AND a.span_id != '')
FROM (
  SELECT project, trace_id, span_id, ifNull(parent_span_id, '') AS parent_id, kind = 'other' AND span_kind = 'client' AS is_http, usage_counted FROM spans
  WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
    AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND (status = 'error' OR error_type IS NOT NULL)
) AS f
LEFT ANY JOIN (
  SELECT project, trace_id, assumeNotNull(parent_span_id) AS span_id FROM spans
  WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
    AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND (status = 'error' OR error_type IS NOT NULL)
    AND parent_span_id IS NOT NULL AND NOT (kind = 'other' AND span_kind = 'client')
) AS b ON f.project = b.project AND f.trace_id = b.trace_id AND f.span_id = b.span_id
LEFT ANY JOIN (
  SELECT project, trace_id, span_id FROM spans
  WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
    AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces) AND (status = 'error' OR error_type IS NOT NULL)
) AS a ON f.project = a.project AND f.trace_id = a.trace_id AND f.parent_id = a.span_id
