-- Log records. GenAI events among them belong to a span and find it by trace and span id; the rest is kept beside them.
CREATE MATERIALIZED VIEW logs_write TO events AS
SELECT project, lower(hex(r.trace_id)) AS trace_id, lower(hex(r.span_id)) AS span_id,
  fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received, 'log' AS source,
  if(r.event_name != '', r.event_name, attr_string['event.name']) AS name,
  if(r.time_unix_nano != 0, r.time_unix_nano, r.observed_time_unix_nano) AS time_ns,
  fromUnixTimestamp64Nano(toInt64(if(time_ns + 34560000000000000 < received_ns OR time_ns > received_ns + 86400000000000, received_ns, time_ns)), 'UTC') AS time,
  if(r.severity_text != '', lower(r.severity_text), transform(intDiv(r.severity_number + 3, 4), [1, 2, 3, 4, 5, 6], ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], '')) AS severity,
  if(r.body.which = 'none', '', {{json_value:r.body}}) AS body,
  {{maps:r.attributes}}, resource_string, resource_other, scope_name, {{retention}} AS retention
FROM (
  SELECT project, received_ns, resource_string, resource_other, sl.scope.name AS scope_name, sl.log_records AS log_records
  FROM (
    SELECT project, received_ns, {{string_map:rl.resource.attributes}} AS resource_string, {{rest_map:rl.resource.attributes}} AS resource_other,
      rl.scope_logs AS scope_logs
    FROM (SELECT e.project AS project, e.received_ns AS received_ns, e.resource_logs AS resource_logs FROM otlp_logs_in ARRAY JOIN envelopes AS e)
    ARRAY JOIN resource_logs AS rl
  )
  ARRAY JOIN scope_logs AS sl
)
ARRAY JOIN log_records AS r;

-- A late log record unsettles its trace like a late span does.
CREATE MATERIALIZED VIEW log_arrivals_write TO trace_arrivals AS
SELECT project, trace_id, toDateTime(0, 'UTC') AS start_bucket, min(received) AS min_received, max(received) AS max_received, false AS has_root
FROM (
  SELECT project, received, lower(hex(r.trace_id)) AS trace_id
  FROM (
    SELECT project, fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received, sl.log_records AS log_records
    FROM (
      SELECT project, received_ns, rl.scope_logs AS scope_logs
      FROM (SELECT e.project AS project, e.received_ns AS received_ns, e.resource_logs AS resource_logs FROM otlp_logs_in ARRAY JOIN envelopes AS e)
      ARRAY JOIN resource_logs AS rl
    )
    ARRAY JOIN scope_logs AS sl
  )
  ARRAY JOIN log_records AS r
  WHERE r.trace_id != ''
)
GROUP BY project, trace_id;
