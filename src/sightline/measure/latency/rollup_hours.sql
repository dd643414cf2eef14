-- The newest build of each whole hour of the window that nothing has changed since.
SELECT toUnixTimestamp(hour) AS hour_s, max(build) AS build
FROM rollup_builds
WHERE project = {project:String} AND hour >= toDateTime({from_s:Int64}, 'UTC') AND hour < toDateTime({to_s:Int64}, 'UTC')
  AND hour NOT IN (SELECT hour FROM rollup_dirty WHERE project = {project:String})
GROUP BY hour
ORDER BY hour
