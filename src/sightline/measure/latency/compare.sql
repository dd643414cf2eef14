-- One side of a comparison by groups: how many, effectively how many (Kish), mean, variance and quantiles.
SELECT v.group_key AS group_key, any($texts) AS texts, groupUniqArray($kinds) AS kinds, count() AS n,
  pow(sum(v.weight), 2) / sum(v.weight * v.weight) AS effective,
  sum(v.weight * v.value) / sum(v.weight) AS mean,
  if(effective > 1, greatest(0, sum(v.weight * v.value * v.value) / sum(v.weight) - mean * mean) * effective / (effective - 1), NULL) AS variance,
  max(v.value) AS max, $quantiles AS q
FROM $values AS v
GROUP BY v.group_key
ORDER BY n DESC, v.group_key
LIMIT {rows:UInt64}
