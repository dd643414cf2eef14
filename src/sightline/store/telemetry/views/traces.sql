-- A segment's spans, flattened. Every level drops what the next must not carry along: replicating an array costs more than reading it.
-- What a view refers to often is a column of the table before it: the engine analyses a view anew at every insert, and an expression
-- that stands in a hundred places is analysed a hundred times.
CREATE MATERIALIZED VIEW spans_flatten TO spans_flat AS
SELECT
  project, received_ns, key_id, resource_string, resource_other, scope_name, scope_version, scope_other,
  lower(hex(s.trace_id)) AS trace_id,
  lower(hex(s.span_id)) AS span_id,
  if(s.parent_span_id = unhex('0000000000000000'), '', lower(hex(s.parent_span_id))) AS parent_id,
  s.name AS name,
  transform(s.kind, [1, 2, 3, 4, 5], ['internal', 'server', 'client', 'producer', 'consumer'], 'unspecified') AS span_kind,
  s.trace_state AS trace_state,
  s.start_time_unix_nano AS start_ns,
  s.end_time_unix_nano AS end_ns,
  s.status.code AS status_code,
  s.status.message AS status_message,
  s.attributes.key AS keys,
  s.attributes.value AS vals,
  s.events.name AS event_names,
  s.events.time_unix_nano AS event_times,
  s.events.attributes AS event_attributes,
  if(empty(s.links), '', toJSONString(arrayMap(l -> map('trace_id', lower(hex(l.trace_id)), 'span_id', lower(hex(l.span_id)),
    'trace_state', l.trace_state, 'attributes', toJSONString({{text_map:l.attributes}})), s.links))) AS links
FROM (
  SELECT project, received_ns, key_id, resource_string, resource_other, ss.scope.name AS scope_name, ss.scope.version AS scope_version,
    {{text_map:ss.scope.attributes}} AS scope_other, ss.spans AS spans
  FROM (
    SELECT project, received_ns, key_id, {{string_map:rs.resource.attributes}} AS resource_string, {{rest_map:rs.resource.attributes}} AS resource_other,
      rs.scope_spans AS scope_spans
    FROM (
      SELECT e.project AS project, e.received_ns AS received_ns, e.key AS key_id, e.resource_spans AS resource_spans
      FROM otlp_traces_in ARRAY JOIN envelopes AS e
    )
    ARRAY JOIN resource_spans AS rs
  )
  ARRAY JOIN scope_spans AS ss
)
ARRAY JOIN spans AS s;

-- Attributes as typed maps, content apart, and what of them are facts: `*_facts` says which fact the value beside it in `*_values` is,
-- the one to be believed first.
CREATE MATERIALIZED VIEW spans_decode TO spans_decoded AS
SELECT
  * EXCEPT (keys, vals, string_keys, strings, is_content, which, slots),
  mapFromArrays(arrayFilter((k, c) -> NOT c, string_keys, is_content), arrayFilter((v, c) -> NOT c, strings, is_content)) AS attr_inline,
  mapFromArrays(arrayFilter((k, c) -> c, string_keys, is_content), arrayFilter((v, c) -> c, strings, is_content)) AS attr_content,
  mapFromArrays(arrayFilter((k, w) -> w = 3, keys, which), arrayFilter((v, w) -> w = 3, vals.int_value, which)) AS attr_int,
  mapFromArrays(arrayFilter((k, w) -> w = 4, keys, which), arrayFilter((v, w) -> w = 4, vals.double_value, which)) AS attr_double,
  mapFromArrays(arrayFilter((k, w) -> w = 2, keys, which), arrayFilter((v, w) -> w = 2, vals.bool_value, which)) AS attr_bool,
  mapFromArrays(arrayFilter((k, w) -> w IN (0, 5, 7, 1000), keys, which), arrayMap(v -> {{json_value:v}}, arrayFilter((v, w) -> w IN (0, 5, 7, 1000), vals, which))) AS attr_other,
  {{fact_arrays}},
  arrayMap(a -> {{string_map:a}}, event_attributes) AS event_attrs,
  start_ns + 34560000000000000 < received_ns OR start_ns > received_ns + 86400000000000 AS start_flagged,
  fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC') AS received,
  fromUnixTimestamp64Nano(toInt64(if(start_flagged, received_ns, start_ns)), 'UTC') AS start
FROM (
  SELECT *, arrayMap((k, v) -> {{content_key:k}} OR length(v) > {{inline_chars}}, string_keys, strings) AS is_content
  FROM (
    SELECT *,
      CAST(vals.which, 'Array(UInt16)') AS which,
      arrayFilter((k, w) -> w = 1, keys, which) AS string_keys,
      arrayFilter((v, w) -> w = 1, vals.string_value, which) AS strings,
      {{fact_slots}} AS slots
    FROM spans_flat
  )
);

CREATE MATERIALIZED VIEW spans_write TO spans AS
WITH
  -- consistent probability sampling: th is the rejection threshold, up to 14 hex digits of 56 bits, trailing zeros left out
  if(trace_state = '', '', extract(trace_state, 'ot=(?:[^,]*;)?th:([0-9a-f]{1,14})(?:[;,]|$)')) AS th
SELECT
  * EXCEPT (attr_inline),
  attr_inline AS attr_string,
  if(th = '', 1., 1. / (1. - reinterpretAsUInt64(reverse(unhex(rightPad(th, 14, '0')))) / 72057594037927936.)) AS weight
FROM (
  SELECT
  {{facts}},
    project, trace_id, span_id, start, received, true AS usage_counted,
    attr_inline, attr_int, attr_double, attr_bool, attr_other,
    resource_string, resource_other, scope_name, scope_version, scope_other, span_kind, trace_state, links,
    start_flagged, start_ns AS start_sent_ns, key_id, false AS settled, {{retention}} AS retention, {{facts_version}} AS facts_version
  FROM {{spans_said}}
);

CREATE MATERIALIZED VIEW payloads_write TO payloads AS
SELECT project, trace_id, span_id, received, attr_content AS content, {{retention}} AS retention FROM spans_decoded WHERE notEmpty(attr_content);

CREATE MATERIALIZED VIEW events_write TO events AS
SELECT project, trace_id, span_id, received, 'span' AS source, event_name AS name, event_time AS time_ns,
  fromUnixTimestamp64Nano(toInt64(if(start_flagged OR event_time + 34560000000000000 < received_ns OR event_time > received_ns + 86400000000000, received_ns, event_time)), 'UTC') AS time,
  '' AS severity, '' AS body, {{maps:event_kv}}, map() AS resource_string, map() AS resource_other, scope_name, {{retention}} AS retention
FROM (SELECT project, trace_id, span_id, received, received_ns, start_flagged, scope_name, event_names, event_times, event_attributes FROM spans_decoded WHERE notEmpty(event_names))
ARRAY JOIN event_names AS event_name, event_times AS event_time, event_attributes AS event_kv;

CREATE MATERIALIZED VIEW trace_arrivals_write TO trace_arrivals AS
SELECT project, trace_id, toStartOfFiveMinutes(start) AS start_bucket, min(received) AS min_received, max(received) AS max_received,
  max(parent_id = '') AS has_root
FROM spans_decoded GROUP BY project, trace_id, start_bucket;

CREATE MATERIALIZED VIEW trace_index_write TO trace_index AS
SELECT project, trace_id, min(start) AS min_start, max(start) AS max_start, min(received) AS min_received, max(received) AS max_received
FROM spans_decoded GROUP BY project, trace_id;
