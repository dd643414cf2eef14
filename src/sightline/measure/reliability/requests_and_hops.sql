(SELECT s.trace_id AS trace_id, assumeNotNull(any(s.task)) AS task, max(s.parent_span_id IS NULL AND s.failed) AS failed, min(s.start) AS start,
  groupUniqArrayIf(200)(concat(s.kind, '\x1f', s.stage), NOT s.is_http) AS hops
FROM $spans AS s
WHERE cityHash64(s.trace_id) % {one_in:UInt64} = 0
GROUP BY s.trace_id
HAVING any(s.task) IS NOT NULL AND max(s.parent_span_id IS NULL))
