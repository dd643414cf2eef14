-- Every score of a window by name, who says it and in what form; those with most first.
SELECT s.name AS name, s.source AS source, if(s.source IN ('judge', 'code', 'external'), s.author, '') AS author,
  argMax(s.version, (toUInt32OrZero(s.version), s.received)) AS version, any(s.type) AS type, any(s.target) AS target,
  count() AS n, avg(s.value) AS mean, countIf(s.value IS NULL AND s.label IS NULL) AS empty, toUnixTimestamp64Nano(max(s.start)) AS last_ns
FROM (SELECT * FROM $source) AS s
GROUP BY name, source, author
HAVING n > empty
ORDER BY source = 'judge' DESC, n DESC, name, source, author
LIMIT {rows:UInt64}
