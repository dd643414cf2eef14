-- A sample of spans that embedded a text, of both periods.
SELECT $columns, start >= $from AS is_now
FROM $source AND settled AND kind = 'embedding' AND status != 'error'
ORDER BY cityHash64(span_id)
LIMIT {rows:UInt64} BY is_now
