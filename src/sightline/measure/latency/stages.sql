-- Each part's time in requests near each percentile, what is usual for it, and in how many requests it is waited for at all.
SELECT p.is_app AS is_app, p.part AS part, sum(p.weight) AS requests, count() AS n, sum(p.weight * p.ns) AS ns,
  quantileExactInclusive(0.5)(p.ns) AS median,
  arrayMap(i -> 0., range(length({lows:Array(Float64)}))) AS none,
  sumForEach(arrayMap((low, high) -> if(p.value >= low AND p.value <= high, p.weight * p.ns, 0.), {lows:Array(Float64)}, {highs:Array(Float64)})) AS near_ns
FROM $parts AS p
GROUP BY p.is_app, p.part
ORDER BY ns DESC, p.part
