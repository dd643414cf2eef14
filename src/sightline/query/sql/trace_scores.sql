-- Verdicts on a trace and on its spans, the last received first.
SELECT span_id, name, source, author, version, type, value, label, explanation, confidence, judge_trace_id, toUnixTimestamp64Nano(received) AS received_ns
FROM scores
WHERE project = {project:String} AND trace_id = {trace_id:String}
ORDER BY name, received DESC, written DESC
LIMIT 1 BY id
LIMIT {rows:UInt32}
