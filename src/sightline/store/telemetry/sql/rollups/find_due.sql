-- Hours that are over and have been left alone for a while, the oldest first.
INSERT INTO rollup_due
SELECT project, hour, {build:UInt64} FROM rollup_dirty
GROUP BY project, hour
HAVING max(marked) <= fromUnixTimestamp64Milli({quiet_before_ms:Int64}, 'UTC') AND hour + INTERVAL 1 HOUR <= fromUnixTimestamp64Milli({quiet_before_ms:Int64}, 'UTC')
ORDER BY hour, project
LIMIT {most:UInt32}
