-- What people said, the latest first.
SELECT target, trace_id, span_id, session_id, author AS rater, value, label, explanation, probability, metadata['drawn'] AS drawn,
  toUnixTimestamp64Nano(received) AS labelled_ns
FROM scores
WHERE project = {project:String} AND name = {name:String} AND source = 'person' AND (value IS NOT NULL OR label IS NOT NULL)
ORDER BY received DESC, trace_id, span_id, session_id, author
LIMIT {rows:UInt64}
