SELECT project AS name, count() AS spans, toUnixTimestamp64Nano(max(received)) AS last_received_ns
FROM spans
GROUP BY project
ORDER BY project
