-- Where a trace lies in time: lets everything else be read by primary key.
SELECT
  toUnixTimestamp64Nano(min(min_start)) AS min_start_ns,
  toUnixTimestamp64Nano(max(max_start)) AS max_start_ns,
  toUnixTimestamp64Nano(min(min_received)) AS min_received_ns,
  toUnixTimestamp64Nano(max(max_received)) AS max_received_ns
FROM trace_index
WHERE project = {project:String} AND trace_id = {trace_id:String}
GROUP BY project, trace_id
