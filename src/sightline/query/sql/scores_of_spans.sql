-- One value a span, of its own scores: the last of whoever is no person, else of a person.
SELECT trace_id AS s${number}_trace, span_id AS s${number}_span,
  argMax(tuple(value), (source != 'person', received)).1 AS s${number}_value, argMax(tuple(label), (source != 'person', received)).1 AS s${number}_label
FROM scores
WHERE project = {project:String} AND name = $of AND $near AND target = 'span'
GROUP BY trace_id, span_id
