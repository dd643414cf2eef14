-- The spans that targets are judged by: of their traces, those that say what was asked, found, called and answered.
SELECT trace_id, span_id, parent_span_id, name, kind, session_id, toUnixTimestamp64Nano(start) AS start_ns, attr_string, attr_int, attr_double, attr_bool, attr_other
FROM spans
WHERE project = {project:String} AND toStartOfFiveMinutes(start) IN ($buckets) AND trace_id IN {trace_ids:Array(String)}
  AND (kind IN ('llm', 'tool', 'retrieval', 'rerank', 'agent') OR parent_span_id IS NULL OR span_id IN {span_ids:Array(String)})
ORDER BY start
LIMIT {most_spans:UInt32} BY trace_id
