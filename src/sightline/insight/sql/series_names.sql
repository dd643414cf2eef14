-- The names of the series in a file.
SELECT DISTINCT ifNull(toString($which), '') AS series
FROM file({file:String}, {format:String})
ORDER BY series
LIMIT 10000
