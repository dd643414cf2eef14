-- The sets of labels with most traffic that have no series yet.
SELECT cityHash64(own) AS key, count() AS n
FROM (SELECT *, $labels AS own FROM spans WHERE $window AND settled AND $which)
WHERE key NOT IN {known:Array(UInt64)}
GROUP BY key
ORDER BY n DESC
LIMIT {rows:UInt64}
