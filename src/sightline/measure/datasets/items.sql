-- The items of a dataset as its committed versions up to one have them, in the order that they came.
SELECT item_id, position, changed, input, expected, context, metadata, trace_id, span_id
FROM (
  SELECT item_id, argMax(position, version) AS position, max(version) AS changed, argMax(removed, version) AS gone,
    argMax(input, version) AS input, argMax(expected, version) AS expected, argMax(context, version) AS context,
    argMax(metadata, version) AS metadata, argMax(trace_id, version) AS trace_id, argMax(span_id, version) AS span_id
  FROM dataset_items
  WHERE project = {project:String} AND dataset_id = {dataset_id:String} AND version IN {versions:Array(UInt32)} AND $which
  GROUP BY item_id
)
WHERE NOT gone AND position > {after:UInt64}
ORDER BY position
LIMIT {rows:UInt32}
