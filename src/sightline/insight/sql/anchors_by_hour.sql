-- The mean verdict on each anchor in each hour in which it was judged.
SELECT $hour AS hour, $item AS item, avg($verdict) AS verdict
FROM file({file:String}, {format:String})
WHERE $verdict IS NOT NULL
GROUP BY hour, item
ORDER BY hour, item
