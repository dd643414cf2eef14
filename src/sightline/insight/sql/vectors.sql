-- Vectors added up by day and side: how many, sums, sums of squares.
SELECT $day AS day, ifNull($changed, 0) AS after, count(), $sums, $squares
FROM file({file:String}, {format:String})
WHERE ifNull($reference, 0) OR ifNull($changed, 0)
GROUP BY day, after
ORDER BY day, after
