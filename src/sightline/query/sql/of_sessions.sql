-- One row a session: its requests in the window that match, from the first's start to the last's end.
(SELECT
  t.project AS project,
  assumeNotNull(t.session_id) AS session_id,
  argMin(t.name, t.start) AS name,
  argMin(t.kind, t.start) AS kind,
  argMin(t.task, t.start) AS task,
  argMin(t.service, t.start) AS service,
  argMin(t.environment, t.start) AS environment,
  argMin(t.release, t.start) AS release,
  argMin(t.user_id, t.start) AS user_id,
  argMin(t.tenant, t.start) AS tenant,
  argMin(t.feature, t.start) AS feature,
  min(t.start) AS start,
  toUInt64(greatest(0, max(toUnixTimestamp64Nano(t.start) + toInt64(least(ifNull(t.duration_ns, 0), 3000000000000000000)))
    - min(toUnixTimestamp64Nano(t.start)))) AS duration_ns,
  if(countIf(t.status = 'error') > 0, 'error', if(countIf(t.status = 'ok') > 0, 'ok', 'unset')) AS status,
  count() AS trace_count,
  sum(t.span_count) AS span_count,
  sum(t.error_count) AS error_count,
  sum(t.llm_count) AS llm_count,
  sum(t.input_tokens) AS input_tokens,
  sum(t.output_tokens) AS output_tokens,
  sum(t.cost_usd) AS cost_usd,
  sum(t.revenue_usd) AS revenue_usd,
  max(t.weight) AS weight
FROM (SELECT * FROM traces WHERE project = {project:String} AND session_id IS NOT NULL AND $window AND $filter) AS t
GROUP BY t.project, t.session_id) AS t
