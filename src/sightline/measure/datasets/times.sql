-- When the spans of some traces began.
SELECT toUnixTimestamp64Nano(min(min_start)) AS min_start_ns, toUnixTimestamp64Nano(max(max_start)) AS max_start_ns
FROM trace_index
WHERE project = {project:String} AND trace_id IN {trace_ids:Array(String)}
