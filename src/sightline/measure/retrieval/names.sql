-- Scores that say how relevant documents are: by name, who says so, and of how many searches.
SELECT name, source, author, uniqExact(trace_id, span_id) AS retrievals, count() AS documents, max(pair.2) AS most
FROM (
  SELECT name, source, author, trace_id, span_id, arrayJoin($documents) AS pair
  FROM scores
  WHERE project = {project:String} AND $window AND span_id != ''
)
GROUP BY name, source, author
ORDER BY retrievals DESC, name, source, author
LIMIT 100
