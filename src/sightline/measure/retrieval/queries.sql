-- How many searches of both periods say what was searched for.
SELECT countIf(s.start >= $from) AS now, countIf(s.start < $from) AS before, min(toUnixTimestamp64Nano(s.start)) AS first_ns, max(toUnixTimestamp64Nano(s.start)) AS last_ns
FROM $spans AS s WHERE s.query IS NOT NULL AND lengthUTF8(s.query) >= 3
