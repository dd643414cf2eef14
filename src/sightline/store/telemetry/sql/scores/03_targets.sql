-- The facts of what is scored, by its ids. A trace has its root's, else what all of its spans agree on; its model is that of its only one.
CREATE OR REPLACE TEMPORARY TABLE scores_targets ENGINE = Memory AS
WITH found AS (
  SELECT project, trace_id, span_id, parent_span_id IS NULL AS is_root, kind, start, settled, task, model, prompt_version, tenant, release, environment, service, index_version
  FROM spans
  WHERE project IN (SELECT project FROM scores_arriving) AND toStartOfFiveMinutes(start) IN (SELECT bucket FROM scores_buckets)
    AND trace_id IN (SELECT trace_id FROM scores_arriving WHERE trace_id != '')
)
SELECT toString(project) AS of_project, trace_id AS of_trace, span_id AS of_span, '' AS of_session, any(found.start) AS start, min(found.settled) AS settled,
  any(found.task) AS task, any(found.model) AS model, any(found.prompt_version) AS prompt_version, any(found.tenant) AS tenant, any(found.release) AS release,
  any(found.environment) AS environment, any(found.service) AS service, any(found.index_version) AS index_version
FROM found
WHERE (trace_id, span_id) IN (SELECT trace_id, span_id FROM scores_arriving WHERE span_id != '')
GROUP BY project, trace_id, span_id
UNION ALL
SELECT toString(project), trace_id, '', '', argMin(found.start, (NOT is_root, found.start)), min(found.settled),
  ifNull(anyIf(found.task, is_root), if(uniqExact(found.task) = 1, any(found.task), NULL)),
  if(uniqExactIf(found.model, kind = 'llm') = 1, anyIf(found.model, kind = 'llm'), NULL),
  if(uniqExact(found.prompt_version) = 1, any(found.prompt_version), NULL),
  ifNull(anyIf(found.tenant, is_root), if(uniqExact(found.tenant) = 1, any(found.tenant), NULL)),
  ifNull(anyIf(found.release, is_root), if(uniqExact(found.release) = 1, any(found.release), NULL)),
  ifNull(anyIf(found.environment, is_root), if(uniqExact(found.environment) = 1, any(found.environment), NULL)),
  ifNull(anyIf(found.service, is_root), if(uniqExact(found.service) = 1, any(found.service), NULL)),
  if(uniqExact(found.index_version) = 1, any(found.index_version), NULL)
FROM found
WHERE trace_id IN (SELECT trace_id FROM scores_arriving WHERE target = 'trace')
GROUP BY project, trace_id
