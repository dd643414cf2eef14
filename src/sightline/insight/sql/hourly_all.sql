-- Every signal by hour, over all traffic: rows, weight, departures, their squares, and what was expected.
SELECT toFloat64(hour) AS hour_of, $sums
FROM adjusted
GROUP BY hour
ORDER BY hour
