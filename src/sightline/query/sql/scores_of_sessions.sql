-- One value a session: its own, else the mean over its traces and spans and the label that they share.
SELECT of_session AS s${number}_session,
  if(countIf(target = 'session') > 0, anyIf(tuple(one_value), target = 'session').1, avg(one_value)) AS s${number}_value,
  if(countIf(target = 'session') > 0, anyIf(tuple(one_label), target = 'session').1, if(uniqExact(one_label) = 1, any(one_label), NULL)) AS s${number}_label
FROM (
  SELECT if(o.target = 'session', o.session_id, t.of_trace_session) AS of_session, o.target AS target, o.trace_id, o.span_id,
    argMax(tuple(o.value), (o.source != 'person', o.received)).1 AS one_value, argMax(tuple(o.label), (o.source != 'person', o.received)).1 AS one_label
  FROM (SELECT * FROM scores WHERE project = {project:String} AND name = $of AND $near) AS o
  LEFT ANY JOIN (
    SELECT trace_id AS of_trace, assumeNotNull(session_id) AS of_trace_session FROM traces WHERE project = {project:String} AND $near AND session_id IS NOT NULL
  ) AS t ON o.trace_id = t.of_trace
  GROUP BY of_session, target, o.trace_id, o.span_id
)
WHERE of_session != ''
GROUP BY of_session
