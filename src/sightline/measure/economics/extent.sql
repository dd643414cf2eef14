-- When the first and the last call of the window began.
SELECT toUnixTimestamp64Nano(min(c.start)) AS first_ns, toUnixTimestamp64Nano(max(c.start)) AS last_ns, count() AS calls,
  max(c.weight != 1) AS weighted
FROM $calls AS c
