-- Combinations of values of one or two dimensions with enough traffic to be watched.
SELECT toUInt64($key) AS key, count() AS requests
FROM adjusted
WHERE $named
GROUP BY key
HAVING requests >= {least:UInt64}
ORDER BY requests DESC
