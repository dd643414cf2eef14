-- What the line says of each side: means of what calls took and of what their length predicts, and both among the slowest twentieth.
SELECT c.name AS name, c.is_now AS is_now, count() AS n, pow(sum(c.weight), 2) / sum(c.weight * c.weight) AS effective,
  sum(c.weight * c.y) / sum(c.weight) AS mean, sum(c.weight * c.predicted) / sum(c.weight) AS predicted,
  greatest(0, sum(c.weight * c.off * c.off) / sum(c.weight) - pow(sum(c.weight * c.off) / sum(c.weight), 2)) AS variance_off,
  greatest(0, sum(c.weight * c.y * c.y) / sum(c.weight) - mean * mean) AS variance,
  sum(c.weight * c.off * c.off) / sum(c.weight) AS square_off,
  sum(c.weight * (c.x[2] + c.x[3])) / sum(c.weight) * 1000 AS input_tokens, sum(c.weight * c.x[4]) / sum(c.weight) * 1000 AS output_tokens,
  countIf(c.slow) AS slow_n, sumIf(c.weight * c.y, c.slow) / sumIf(c.weight, c.slow) AS slow_mean,
  sumIf(c.weight * c.predicted, c.slow) / sumIf(c.weight, c.slow) AS slow_predicted
FROM (
  SELECT *, indexOf({names:Array(String)}, name) AS place,
    arraySum((a, b) -> a * b, x, {coefficients:Array(Array(Float64))}[place]) AS predicted,
    y - predicted AS off, y > {slow_from:Array(Float64)}[place] AS slow
  FROM $calls
  WHERE name IN {names:Array(String)}
) AS c
GROUP BY c.name, c.is_now
