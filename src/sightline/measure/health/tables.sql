-- What the engine's tables take on disk.
SELECT table, sum(bytes_on_disk) AS bytes, sum(rows) AS rows, count() AS parts
FROM system.parts
WHERE database = currentDatabase() AND active
GROUP BY table
ORDER BY table
