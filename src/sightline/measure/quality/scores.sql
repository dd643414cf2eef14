-- Every score of a window by name, who says it and in what form; those with most first.
SELECT name, source, author, argMax(version, (toUInt32OrZero(version), received)) AS version, uniqExact(version) AS versions, any(type) AS type, any(target) AS target,
  count() AS n, avg(value) AS mean, countIf(value IS NULL AND label IS NULL) AS empty,
  toUnixTimestamp64Nano(max(start)) AS last_ns
FROM $source
GROUP BY name, source, if(source IN ('judge', 'code', 'external'), author, '') AS author
HAVING n > empty
ORDER BY source = 'judge' DESC, n DESC, name, source, author
LIMIT {rows:UInt64}
