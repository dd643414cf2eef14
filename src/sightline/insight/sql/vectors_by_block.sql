-- Vectors added up in blocks of hours: how many, sums, sums of squares.
SELECT $block AS block, count(), $sums, $squares
FROM file({file:String}, {format:String})
GROUP BY block
ORDER BY block
