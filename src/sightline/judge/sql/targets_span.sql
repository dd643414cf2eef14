SELECT trace_id, span_id, '' AS session_id, toUnixTimestamp64Nano(start) AS start_ns, cityHash64(trace_id, {salt:String}) / 18446744073709551616. AS unit,
  toFloat64($probability) AS probability
FROM $spans
WHERE project = {project:String} AND settled AND $window AND $filter
