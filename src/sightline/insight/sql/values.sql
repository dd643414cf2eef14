-- The values of one dimension with how many units each has before and after the change, busiest first.
SELECT value_named, countIf(NOT after) AS before, countIf(after) AS since
FROM (SELECT $column AS value_named, after FROM units)
WHERE value_named IS NOT NULL
GROUP BY value_named
ORDER BY before + since DESC, value_named
LIMIT {most:UInt32}
