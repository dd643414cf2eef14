-- Quantiles over time.
SELECT intDiv(toUnixTimestamp64Nano(v.start), {width:Int64}) AS time, count() AS n, $quantiles AS q,
  sum(v.weight * v.value) / sum(v.weight) AS mean, max(v.value) AS max
FROM $values AS v
GROUP BY time
ORDER BY time
LIMIT {rows:UInt64}
