-- What a judge said of its anchors since they were chosen, in the order it did: of an anchor asked twice in one batch the last.
SELECT target, trace_id, span_id, session_id, version, assumeNotNull($said) AS said, toUnixTimestamp64Nano(received) AS judged_ns
FROM scores
WHERE project = {project:String} AND name = {name:String} AND source = 'judge' AND author = {author:String}
  AND received >= fromUnixTimestamp64Nano({since:Int64}, 'UTC') AND $said IS NOT NULL
ORDER BY received, target, trace_id, span_id, session_id
LIMIT {rows:UInt64}
