-- What people said of units of one score, a row a rating; a rating that was taken back says nothing.
SELECT target, trace_id, span_id, session_id, author AS rater, $said AS human, ifNull(probability, 0) AS probability,
  metadata['drawn'] AS drawn, received AS labelled
FROM scores
WHERE project = {project:String} AND name = {name:String} AND source = 'person'
  AND start >= fromUnixTimestamp64Nano({labels_from:Int64}, 'UTC') AND start < fromUnixTimestamp64Nano({labels_to:Int64}, 'UTC')
  AND human IS NOT NULL
