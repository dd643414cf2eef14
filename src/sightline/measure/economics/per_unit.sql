-- What one request or one session costs: the known costs, each standing for `unit_weight` of its like.
SELECT
  u.is_now AS is_now,
  sum(u.unit_weight * u.cost) / sum(u.unit_weight) AS mean,
  $quantiles(0.5, 0.95, 0.99)($quantile_of) AS quantiles,
  max(u.cost) AS max,
  count() AS n
FROM (
  SELECT c.is_now AS is_now, $unit_cost AS cost, $unit_weight AS unit_weight
  FROM $calls AS c
  WHERE $unit IS NOT NULL
  GROUP BY c.is_now, cityHash64($unit)
  HAVING cost IS NOT NULL
) AS u
GROUP BY u.is_now
