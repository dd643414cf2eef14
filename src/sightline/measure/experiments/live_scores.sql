-- Beside a request, its score of one name: the mean where it has several, of spans or from several authors.
LEFT ANY JOIN (
  SELECT trace_id AS scored_id, avg(value) AS score FROM scores
  WHERE project = {project:String} AND name = {score:String} AND value IS NOT NULL AND trace_id != '' AND $score_window
  GROUP BY scored_id
) AS scored ON t.trace_id = scored.scored_id
