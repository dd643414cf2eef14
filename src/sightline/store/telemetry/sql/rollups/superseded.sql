-- Builds that another has stood in for long enough that nobody reads them any more.
SELECT project, hour, build FROM (SELECT project, hour, build, max(build) OVER (PARTITION BY project, hour) AS newest FROM rollup_builds)
WHERE build < newest AND newest < {before:UInt64}
LIMIT 1000
