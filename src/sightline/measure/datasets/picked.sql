-- The roots of traces and their searches, which are what items are made of.
SELECT $columns, parent_span_id IS NULL AS is_root, task, model, prompt_name, prompt_version, stage, query
FROM spans
WHERE project = {project:String} AND $window AND trace_id IN {trace_ids:Array(String)} AND (parent_span_id IS NULL OR kind IN ('retrieval', 'rerank', 'llm'))
ORDER BY start, span_id, received DESC
LIMIT 1 BY trace_id, span_id
LIMIT {rows:UInt32}
