-- What was said of one unit under a name: by its judge, the newest version, and by people.
SELECT source, author, version, value, label, explanation, confidence
FROM scores
WHERE project = {project:String} AND name = {name:String} AND target = {target:String} AND trace_id = {trace_id:String} AND span_id = {span_id:String}
  AND session_id = {session_id:String} AND (source = 'person' OR (source = 'judge' AND author = {author:String})) AND (value IS NOT NULL OR label IS NOT NULL)
ORDER BY source, toUInt32OrZero(version) DESC, received DESC
LIMIT 1 BY source, author
