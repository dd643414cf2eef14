-- The scores of an experiment's traces and of spans in them. Of several under one name a person's holds, else the latest.
SELECT trace_id, name, argMax(tuple(value), believed).1 AS value, argMax(tuple(label), believed).1 AS label, argMax(type, believed) AS type,
  argMax(explanation, believed) AS explanation, argMax(source, believed) AS by_source, argMax(author, believed) AS by_author
FROM (
  SELECT trace_id, name, value, label, type, explanation, source, author, (source = 'person', received) AS believed
  FROM scores
  WHERE project = {traces:String} AND trace_id IN (
    SELECT trace_id FROM experiment_results WHERE project = {project:String} AND experiment_id = {experiment_id:String})
)
GROUP BY trace_id, name
LIMIT {rows:UInt32}
