-- The scores of one judge by name: which it gives, in what form and version.
SELECT name, argMax(version, (toUInt32OrZero(version), received)) AS version, groupUniqArray(100)(version) AS versions, any(type) AS type, any(target) AS target,
  count() AS n, toUnixTimestamp64Nano(max(start)) AS last_ns
FROM scores
WHERE project = {project:String} AND source = 'judge' AND author = {author:String} AND NOT endsWith(name, {anchors:String})
GROUP BY name
ORDER BY n DESC, name
LIMIT 20
