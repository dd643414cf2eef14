-- Scores that say how relevant documents are: by name, who says so, and of how many searches.
SELECT name, source, author, uniqExact(trace_id, span_id) AS retrievals, count() AS documents, max(value) AS most
FROM scores
WHERE project = {project:String} AND $window AND span_id != '' AND value IS NOT NULL
  AND (metadata['document_id'] != '' OR metadata['document_rank'] != '' OR metadata['rank'] != '')
GROUP BY name, source, author
ORDER BY retrievals DESC, name, source, author
LIMIT 100
