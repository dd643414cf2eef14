-- What is to be stored with the facts of its target; of one score said twice the last. Without its target it stands at the time it came.
CREATE OR REPLACE TEMPORARY TABLE scores_ready ENGINE = Memory AS
SELECT a.* EXCEPT (place),
  lower(hex(MD5(toJSONString([a.project, a.target, a.trace_id, a.span_id, a.session_id, a.name, a.source, a.author, a.version])))) AS id,
  if(t.of_project = '', a.received, t.start) AS start, t.settled AS settled,
  t.task AS task, t.model AS model, t.prompt_version AS prompt_version, t.tenant AS tenant, t.release AS release, t.environment AS environment,
  t.service AS service, t.index_version AS index_version
FROM scores_arriving AS a
LEFT ANY JOIN scores_targets AS t
  ON a.project = t.of_project AND a.trace_id = t.of_trace AND a.span_id = t.of_span AND a.session_id = t.of_session
ORDER BY a.place DESC
LIMIT 1 BY id
