-- How many requests lie near each percentile, and how long they took in all.
SELECT sumForEach(arrayMap((low, high) -> if(v.value >= low AND v.value <= high, v.weight, 0.), {lows:Array(Float64)}, {highs:Array(Float64)})) AS weights,
  sumForEach(arrayMap((low, high) -> toUInt64(v.value >= low AND v.value <= high), {lows:Array(Float64)}, {highs:Array(Float64)})) AS counts,
  sumForEach(arrayMap((low, high) -> if(v.value >= low AND v.value <= high, v.weight * v.value, 0.), {lows:Array(Float64)}, {highs:Array(Float64)})) AS ns
FROM $values AS v
