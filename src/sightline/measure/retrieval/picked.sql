-- A sample of searches to be read: whole traces, by a hash of their ids, so that the same are picked again.
SELECT s.trace_id AS trace_id, s.span_id AS span_id, s.kind AS kind, s.stage AS stage, s.index_version AS index_version, s.query AS query, s.weight AS weight,
  toUnixTimestamp64Nano(s.start) AS start_ns, toUnixTimestamp64Nano(s.received) AS received_ns, s.group_key AS group_key, $texts AS texts, $kinds AS kinds
FROM $spans AS s
WHERE $which
ORDER BY cityHash64(s.trace_id), s.start
LIMIT {rows:UInt64}
