-- What many spans said, by their ids within the window that holds them: attributes, and the large content of the last that came.
SELECT s.trace_id AS trace_id, s.span_id AS span_id, s.attr_string AS attr_string, s.attr_int AS attr_int, s.attr_double AS attr_double,
  s.attr_bool AS attr_bool, s.attr_other AS attr_other, p.content AS content
FROM (
  SELECT trace_id, span_id, attr_string, attr_int, attr_double, attr_bool, attr_other
  FROM spans
  WHERE project = {project:String} AND $window AND trace_id IN {trace_ids:Array(String)} AND span_id IN {span_ids:Array(String)}
  ORDER BY received DESC
  LIMIT 1 BY trace_id, span_id
) AS s
LEFT ANY JOIN (
  SELECT trace_id, span_id, argMax(content, received) AS content
  FROM payloads
  WHERE project = {project:String} AND $received AND trace_id IN {trace_ids:Array(String)} AND span_id IN {span_ids:Array(String)}
  GROUP BY trace_id, span_id
) AS p ON s.trace_id = p.trace_id AND s.span_id = p.span_id
