-- What is known of documents' relevance, by search: scores of one name on a search's span that name a document, or say of several at once.
-- Of several for one document a person's holds, else the latest.
SELECT trace_id, span_id, pair.1 AS document,
  argMax(pair.2, believed) AS gain, argMax(voice, believed) AS source,
  argMax(author, believed) AS author, argMax(probability, believed) AS probability
FROM (
  SELECT trace_id, span_id, source AS voice, author, probability, (source = 'person', received) AS believed, arrayJoin($documents) AS pair
  FROM scores
  WHERE project = {project:String} AND name = {name:String} AND $window AND span_id != '' AND $who
)
GROUP BY trace_id, span_id, document
ORDER BY cityHash64(trace_id), trace_id, span_id
LIMIT {rows:UInt64}
