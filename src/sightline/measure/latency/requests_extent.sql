-- How many requests match, and quantiles of how long they took.
SELECT count() AS n, sum(v.weight * v.value) / sum(v.weight) AS mean, max(v.value) AS max, $quantiles AS q
FROM $values AS v
