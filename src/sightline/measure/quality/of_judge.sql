-- The scores of judges ($which) by name: which it gives, in what form and version.
SELECT author, name, argMax(version, (toUInt32OrZero(version), received)) AS version, groupUniqArray(100)(version) AS versions, any(type) AS type, any(target) AS target,
  count() AS n, toUnixTimestamp64Nano(max(start)) AS last_ns
FROM scores
WHERE project = {project:String} AND source = 'judge' AND $which AND NOT endsWith(name, {anchors:String})
GROUP BY author, name
ORDER BY n DESC, author, name
LIMIT 200
