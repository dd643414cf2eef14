-- One value a trace: its own, else the mean of its spans' and the label that they share.
SELECT trace_id AS s${number}_trace,
  if(countIf(span_id = '') > 0, anyIf(tuple(one_value), span_id = '').1, avg(one_value)) AS s${number}_value,
  if(countIf(span_id = '') > 0, anyIf(tuple(one_label), span_id = '').1, if(uniqExact(one_label) = 1, any(one_label), NULL)) AS s${number}_label
FROM (
  SELECT trace_id, span_id,
    argMax(tuple(value), (source != 'person', received)).1 AS one_value, argMax(tuple(label), (source != 'person', received)).1 AS one_label
  FROM scores
  WHERE project = {project:String} AND name = $of AND $near AND target != 'session'
  GROUP BY trace_id, span_id
)
GROUP BY trace_id
