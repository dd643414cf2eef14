-- What there are scores of, the latest first.
SELECT name, argMax(type, received) AS type, groupUniqArray(toString(source)) AS sources, groupUniqArray(toString(target)) AS targets, count() AS count,
  toUnixTimestamp64Nano(max(received)) AS last_received_ns
FROM scores
WHERE project = {project:String}
GROUP BY name
ORDER BY last_received_ns DESC, name
LIMIT 1000
