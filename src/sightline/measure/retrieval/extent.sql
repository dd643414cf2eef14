-- When the first and the last search of an open window began.
SELECT toUnixTimestamp64Nano(min(s.start)) AS first_ns, toUnixTimestamp64Nano(max(s.start)) AS last_ns, count() AS n FROM $spans AS s
