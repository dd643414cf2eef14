-- Verdicts on each anchor before and after: sums, squares before, counts.
SELECT
    item, sumIf(verdict, NOT after) AS before, sumIf(verdict * verdict, NOT after) AS squares, sumIf(verdict, after) AS since,
    countIf(NOT after) AS n, countIf(after) AS m
FROM (
    SELECT $item AS item, $verdict AS verdict, ifNull($changed, 0) AS after
    FROM file({file:String}, {format:String})
    WHERE ifNull($reference, 0) OR ifNull($changed, 0)
)
WHERE verdict IS NOT NULL
GROUP BY item
HAVING n > 0 AND m > 0
ORDER BY item
