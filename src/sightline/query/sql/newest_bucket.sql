-- The five minutes in which the newest span of a project began; walks the primary key from its end, reading one granule.
SELECT toUnixTimestamp(toStartOfFiveMinutes(start)) AS bucket_s
FROM spans
WHERE project = {project:String}
ORDER BY toStartOfFiveMinutes(start) DESC
LIMIT 1
