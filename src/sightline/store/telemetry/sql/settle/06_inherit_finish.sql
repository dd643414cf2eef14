-- Where no ancestor knows: the root's value, else the trace's only one. Attempts: LLM siblings of one stage, one after the other, where the
-- one before ended in an error: the same model again is a retry, another model a fallback.
INSERT INTO settling_facts
SELECT i.project, i.trace_id, i.span_id,
  coalesce(i.task, r.task, r.only_task) AS task,
  coalesce(i.environment, r.environment, r.only_environment) AS environment,
  coalesce(i.release, r.release, r.only_release) AS release,
  coalesce(i.feature, r.feature, r.only_feature) AS feature,
  coalesce(i.user_id, r.user_id, r.only_user_id) AS user_id,
  coalesce(i.session_id, r.session_id, r.only_session_id) AS session_id,
  coalesce(i.tenant, r.tenant, r.only_tenant) AS tenant,
  t.attempt AS attempt,
  t.fallback_of AS fallback_of
FROM (SELECT * FROM settling_spans WHERE step = {step:UInt8}) AS i
LEFT ANY JOIN (
  SELECT p.project AS project, p.trace_id AS trace_id,
    argMinIf(p.task, p.start, p.parent_span_id IS NULL) AS task, if(min(p.task) = max(p.task), any(p.task), NULL) AS only_task,
    argMinIf(p.environment, p.start, p.parent_span_id IS NULL) AS environment, if(min(p.environment) = max(p.environment), any(p.environment), NULL) AS only_environment,
    argMinIf(p.release, p.start, p.parent_span_id IS NULL) AS release, if(min(p.release) = max(p.release), any(p.release), NULL) AS only_release,
    argMinIf(p.feature, p.start, p.parent_span_id IS NULL) AS feature, if(min(p.feature) = max(p.feature), any(p.feature), NULL) AS only_feature,
    argMinIf(p.user_id, p.start, p.parent_span_id IS NULL) AS user_id, if(min(p.user_id) = max(p.user_id), any(p.user_id), NULL) AS only_user_id,
    argMinIf(p.session_id, p.start, p.parent_span_id IS NULL) AS session_id, if(min(p.session_id) = max(p.session_id), any(p.session_id), NULL) AS only_session_id,
    argMinIf(p.tenant, p.start, p.parent_span_id IS NULL) AS tenant, if(min(p.tenant) = max(p.tenant), any(p.tenant), NULL) AS only_tenant
  FROM spans AS p
  WHERE toStartOfFiveMinutes(p.start) IN (SELECT bucket FROM settling_buckets)
    AND (p.project, p.trace_id) IN (SELECT project, trace_id FROM settling_traces)
  GROUP BY p.project, p.trace_id
) AS r ON i.project = r.project AND i.trace_id = r.trace_id
LEFT ANY JOIN (
  SELECT project, trace_id, span_id, toUInt16(least(65535, row_number() OVER (PARTITION BY project, trace_id, parent_span_id, stage, run ORDER BY start, span_id))) AS attempt,
    if(before_status = 'error' AND model IS DISTINCT FROM before_model, before_id, NULL) AS fallback_of
  FROM (
    SELECT *, sum(if(before_status = 'error', 0, 1)) OVER (PARTITION BY project, trace_id, parent_span_id, stage ORDER BY start, span_id) AS run
    FROM (
      SELECT q.project AS project, q.trace_id AS trace_id, q.span_id AS span_id, q.parent_span_id AS parent_span_id, q.stage AS stage, q.start AS start, q.model AS model,
        lagInFrame(toNullable(q.status)) OVER w AS before_status, lagInFrame(q.request_model) OVER w AS before_model, lagInFrame(toNullable(q.span_id)) OVER w AS before_id
      FROM spans AS q
      WHERE toStartOfFiveMinutes(q.start) IN (SELECT bucket FROM settling_buckets)
        AND (q.project, q.trace_id) IN (SELECT project, trace_id FROM settling_traces)
        AND q.kind = 'llm' AND q.parent_span_id IS NOT NULL
      WINDOW w AS (PARTITION BY q.project, q.trace_id, q.parent_span_id, q.stage ORDER BY q.start, q.span_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
  )
) AS t ON i.project = t.project AND i.trace_id = t.trace_id AND i.span_id = t.span_id
