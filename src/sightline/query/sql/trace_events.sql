-- Span events and log records of a trace, in the order of their times. A log record without a span id belongs to the trace.
SELECT span_id, toUnixTimestamp64Nano(time) AS clamped_ns, time_ns, name, source, severity, body,
  attr_string, attr_int, attr_double, attr_bool, attr_other
FROM events
WHERE project = {project:String} AND $received AND trace_id = {trace_id:String} AND $span
ORDER BY time_ns, name
LIMIT {rows:UInt32}
