-- When the first and the last value began, and how many there are.
SELECT toUnixTimestamp64Nano(min(v.start)) AS first_ns, toUnixTimestamp64Nano(max(v.start)) AS last_ns, count() AS n
FROM $values AS v
