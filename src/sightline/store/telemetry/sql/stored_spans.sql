-- Stored spans as they were when they arrived: the shape that `spans_decode` reads, so that one SQL derives facts at arrival and again.
SELECT
  s.project AS project, toUInt64(toUnixTimestamp64Nano(s.received)) AS received_ns, s.key_id AS key_id,
  s.resource_string AS resource_string, s.resource_other AS resource_other,
  s.scope_name AS scope_name, s.scope_version AS scope_version, s.scope_other AS scope_other,
  s.trace_id AS trace_id, s.span_id AS span_id, ifNull(s.parent_span_id, '') AS parent_id, s.name AS name, s.span_kind AS span_kind,
  s.trace_state AS trace_state, s.start_sent_ns AS start_ns, if(s.duration_ns IS NULL, 0, s.start_sent_ns + s.duration_ns) AS end_ns,
  toUInt8(transform(s.status, ['ok', 'error'], [1, 2], 0)) AS status_code, ifNull(s.status_message, '') AS status_message,
  arrayConcat(mapKeys(s.attr_string), mapKeys(p.content), mapKeys(s.attr_int), mapKeys(s.attr_double), mapKeys(s.attr_bool), mapKeys(s.attr_other)) AS keys,
  arrayConcat(
    arrayMap(v -> CAST(('string_value', v, false, 0, 0., tuple([]), '', ''), '{{value}}'), arrayConcat(mapValues(s.attr_string), mapValues(p.content))),
    arrayMap(v -> CAST(('int_value', '', false, v, 0., tuple([]), '', ''), '{{value}}'), mapValues(s.attr_int)),
    arrayMap(v -> CAST(('double_value', '', false, 0, v, tuple([]), '', ''), '{{value}}'), mapValues(s.attr_double)),
    arrayMap(v -> CAST(('bool_value', '', v, 0, 0., tuple([]), '', ''), '{{value}}'), mapValues(s.attr_bool)),
    arrayMap(v -> CAST(('json_value', '', false, 0, 0., tuple([]), '', v), '{{value}}'), mapValues(s.attr_other))) AS vals,
  e.names AS event_names, e.times AS event_times, e.attributes AS event_attributes, s.links AS links
FROM (SELECT * FROM spans WHERE {{which}} ORDER BY received DESC LIMIT 1 BY project, trace_id, span_id) AS s
LEFT ANY JOIN (
  SELECT project, trace_id, span_id, argMax(content, received) AS content FROM payloads
  WHERE (project, trace_id) IN (SELECT project, trace_id FROM spans WHERE {{which}}) GROUP BY project, trace_id, span_id
) AS p ON s.project = p.project AND s.trace_id = p.trace_id AND s.span_id = p.span_id
LEFT ANY JOIN (
  SELECT project, trace_id, span_id, arrayMap(x -> x.2, found) AS names, arrayMap(x -> x.1, found) AS times, arrayMap(x -> x.3, found) AS attributes
  FROM (
    SELECT project, trace_id, span_id, arraySort(x -> x.1, groupArray((time_ns, toString(name), arrayMap((k, v) -> CAST((k, CAST(('string_value', v, false, 0, 0., tuple([]), '', ''), '{{value}}')),
      'Tuple(key LowCardinality(String), value {{value}})'), mapKeys(attr_string), mapValues(attr_string))))) AS found
    FROM events
    WHERE source = 'span' AND (project, trace_id) IN (SELECT project, trace_id FROM spans WHERE {{which}}) GROUP BY project, trace_id, span_id
  )
) AS e ON s.project = e.project AND s.trace_id = e.trace_id AND s.span_id = e.span_id
