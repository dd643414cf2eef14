-- What a judge still owes: settled targets that its sampling rule selects and that have no score of its version, the latest first.
SELECT trace_id, span_id, session_id, start_ns, probability
FROM ($sampled)
WHERE unit < probability AND $share AND ($ids) NOT IN (
  SELECT $ids FROM scores
  WHERE project = {project:String} AND name = {name:String} AND $scored AND source = {source:String} AND author = {author:String} AND version = {version:String} AND target = {target:String}
)
ORDER BY start_ns DESC
LIMIT {rows:UInt32}
