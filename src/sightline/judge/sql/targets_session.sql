-- A session is over when nothing came for a while.
SELECT '' AS trace_id, '' AS span_id, session_id, start_ns, cityHash64(session_id, {salt:String}) / 18446744073709551616. AS unit, probability
FROM (
  SELECT assumeNotNull(session_id) AS session_id, min(toUnixTimestamp64Nano(start)) AS start_ns, max(toFloat64($probability)) AS probability
  FROM $traces
  WHERE project = {project:String} AND session_id IS NOT NULL AND $window AND $filter
  GROUP BY session_id
  HAVING max(last_start) < now64(9, 'UTC') - toIntervalSecond({quiet_s:UInt32})
)
