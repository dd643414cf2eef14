-- Attribute keys for completion, most frequent first: of the latest rows only.
SELECT key
FROM (
  SELECT attr_string.keys AS texts, attr_int.keys AS ints, attr_double.keys AS doubles, attr_bool.keys AS bools, attr_other.keys AS others
  FROM spans
  WHERE project = {project:String} AND $window
  LIMIT 200000
)
ARRAY JOIN arrayConcat(texts, ints, doubles, bools, others) AS key
WHERE startsWith(key, {prefix:String})
GROUP BY key
ORDER BY count() DESC, key
LIMIT {rows:UInt32}
