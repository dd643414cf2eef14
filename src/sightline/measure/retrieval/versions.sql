-- Which versions of the index each retriever searched: since when, until when, and how often in the window.
SELECT s.stage AS stage, s.index_version AS index_version, toUnixTimestamp64Nano(min(s.start)) AS first_ns, toUnixTimestamp64Nano(max(s.start)) AS last_ns,
  sumIf(s.weight, s.start >= $from) AS retrievals
FROM $spans AS s
WHERE s.index_version IS NOT NULL
GROUP BY stage, index_version
ORDER BY stage, first_ns
LIMIT 1000
