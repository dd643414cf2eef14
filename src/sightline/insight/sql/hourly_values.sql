-- Every signal by hour and combination of values of one or two dimensions, for the combinations that have enough traffic.
SELECT toUInt64($key) AS key, hour, $sums
FROM adjusted
WHERE key IN (SELECT arrayJoin({keys:Array(UInt64)}))
GROUP BY key, hour
ORDER BY key, hour
