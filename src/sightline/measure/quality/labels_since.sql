-- Units that people have labelled since a time.
SELECT uniqExact(target, trace_id, span_id, session_id) AS units
FROM scores
WHERE project = {project:String} AND name = {name:String} AND source = 'person' AND (value IS NOT NULL OR label IS NOT NULL)
  AND received > fromUnixTimestamp64Nano({since:Int64}, 'UTC')
