-- What is known of documents' relevance, by search: scores of one name on a search's span that name a document. Of several for one
-- document a person's holds, else the latest.
SELECT trace_id, span_id,
  if(metadata['document_id'] != '', metadata['document_id'], concat('#', if(metadata['document_rank'] != '', metadata['document_rank'], metadata['rank']))) AS document,
  argMax(value, (source = 'person', received)) AS gain, argMax(source, (source = 'person', received)) AS source, argMax(author, (source = 'person', received)) AS author,
  argMax(probability, (source = 'person', received)) AS probability
FROM scores
WHERE project = {project:String} AND name = {name:String} AND $window AND span_id != '' AND value IS NOT NULL
  AND (metadata['document_id'] != '' OR metadata['document_rank'] != '' OR metadata['rank'] != '') AND $who
GROUP BY trace_id, span_id, document
ORDER BY cityHash64(trace_id), trace_id, span_id
LIMIT {rows:UInt64}
