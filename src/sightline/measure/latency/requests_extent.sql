-- How many requests match, and quantiles of how long they took.
SELECT count() AS n, sum(v.weight * v.value) / sum(v.weight) AS mean, max(v.value) AS max, $quantiles AS q,
  toUnixTimestamp(min(v.start)) AS first_s, toUnixTimestamp(max(v.start)) AS last_s
FROM $values AS v
