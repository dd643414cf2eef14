(SELECT * FROM $traces WHERE project = {project:String} AND $window AND $filter) AS t
LEFT ANY JOIN (
  SELECT trace_id AS root_trace_id, span_id AS root_id, $root_columns
  FROM spans
  WHERE parent_span_id IS NULL AND project = {project:String} AND $near
) AS r ON t.trace_id = r.root_trace_id AND t.root_span_id = r.root_id
