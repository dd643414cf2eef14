-- One series or several, in time's order: which one (its place in the list of names), the time in seconds, the value.
SELECT series, at, avg(seen) AS value_at
FROM (
    SELECT
        toUInt64(indexOf({names:Array(String)}, ifNull(toString($which), ''))) AS series,
        ifNull(toFloat64($time), nan) AS at,
        ifNull(toFloat64($value), nan) AS seen
    FROM file({file:String}, {format:String})
)
WHERE isFinite(at) AND isFinite(seen)
GROUP BY series, at
ORDER BY series, at
LIMIT {most:UInt64}
