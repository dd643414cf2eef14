-- How far calls lie off their line: the median distance, as a standard deviation of normal noise.
SELECT c.name AS name, c.is_now AS is_now,
  quantileExact(0.5)(abs(c.y - arraySum((a, b) -> a * b, c.x, {coefficients:Array(Array(Float64))}[indexOf({names:Array(String)}, c.name)]))) / 0.6745 AS scale
FROM $calls AS c
WHERE c.name IN {names:Array(String)}
GROUP BY c.name, c.is_now
