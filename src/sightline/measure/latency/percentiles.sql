-- Quantiles by groups, the busiest first.
SELECT v.group_key AS group_key, any($texts) AS texts, groupUniqArray($kinds) AS kinds, count() AS n,
  sum(v.weight * v.value) / sum(v.weight) AS mean, max(v.value) AS max, $quantiles AS q, count() OVER () AS group_count
FROM $values AS v
GROUP BY v.group_key
ORDER BY n DESC, v.group_key
LIMIT {rows:UInt64}
