-- The scores of judges ($which) by name: which it gives, in what form and version.
SELECT author, name, argMax(s.version, (toUInt32OrZero(s.version), s.received)) AS version, groupUniqArray(100)(s.version) AS versions, any(s.type) AS type, any(s.target) AS target,
  count() AS n, toUnixTimestamp64Nano(max(s.start)) AS last_ns
FROM scores AS s
WHERE project = {project:String} AND source = 'judge' AND $which AND NOT endsWith(name, {anchors:String})
GROUP BY author, name
ORDER BY n DESC, author, name
LIMIT 200
