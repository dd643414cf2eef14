-- When the first and the last span of the question began.
SELECT toUnixTimestamp64Nano(min(s.start)) AS first_ns, toUnixTimestamp64Nano(max(s.start)) AS last_ns, count() AS spans
FROM $spans AS s
