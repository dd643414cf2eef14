SELECT trace_id, toUnixTimestamp64Nano(min(min_start)) AS first_start_ns, toUnixTimestamp64Nano(max(max_start)) AS last_start_ns,
  toUnixTimestamp64Nano(min(min_received)) AS first_received_ns, toUnixTimestamp64Nano(max(max_received)) AS last_received_ns
FROM trace_index
WHERE project = {project:String} AND trace_id IN {trace_ids:Array(String)}
GROUP BY trace_id
