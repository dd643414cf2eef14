-- The items of a dataset by its committed versions up to one: what tells whether one has changed.
SELECT item_id, argMax(digest, version) AS digest, argMax(position, version) AS position
FROM dataset_items
WHERE project = {project:String} AND dataset_id = {dataset_id:String} AND version IN {versions:Array(UInt32)}
GROUP BY item_id
HAVING NOT argMax(removed, version)
