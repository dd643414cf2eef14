-- Sums for a straight line, and how many calls there are; calls far off the line before (`coefficients`, `scales`) weigh less (Huber).
SELECT c.name AS name, c.is_now AS is_now, any(c.of_provider) AS provider, any(c.of_model) AS model, count() AS n,
  sumForEach(arrayFlatten(arrayMap(a -> arrayMap(b -> a * b * w, c.x), c.x))) AS moments,
  sumForEach(arrayMap(a -> a * c.y * w, c.x)) AS products,
  quantileExactInclusive(0.95)(c.y) AS p95
FROM (
  SELECT *, indexOf({names:Array(String)}, name) AS place,
    if(place = 0, 0., {scales:Array(Float64)}[place]) AS scale,
    if(place = 0, 0., abs(y - arraySum((a, b) -> a * b, x, {coefficients:Array(Array(Float64))}[place]))) AS off,
    weight * if(scale > 0 AND off > 1.345 * scale, 1.345 * scale / off, 1.) AS w
  FROM $calls
) AS c
GROUP BY c.name, c.is_now
ORDER BY n DESC, name, is_now
LIMIT {rows:UInt64}
