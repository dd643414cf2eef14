-- The ledger is fed from the segments themselves, under their own deduplication token: it can't disagree with what was stored.
CREATE MATERIALIZED VIEW ledger_write TO ledger AS
SELECT toStartOfMinute(fromUnixTimestamp64Nano(toInt64(received_ns), 'UTC')) AS minute, project, key, signal, line.1 AS reason,
  sum(line.2) AS received, sum(line.3) AS stored, sum(line.4) AS duplicate, sum(line.5) AS rejected
FROM (
  SELECT entry.1 AS signal, entry.2.project AS project, entry.2.received_ns AS received_ns, entry.2.key AS key,
    arrayPushFront(
      arrayMap(r -> (r.reason, toInt64(r.items), toInt64(0), toInt64(0), toInt64(r.items)), entry.2.refused),
      (toLowCardinality(''), toInt64(entry.2.items) + toInt64(entry.2.duplicate), toInt64(entry.2.items), toInt64(entry.2.duplicate), toInt64(0))
    ) AS lines
  FROM ledger_in
  ARRAY JOIN arrayConcat(arrayMap(e -> ('traces', e), traces), arrayMap(e -> ('logs', e), logs), arrayMap(e -> ('metrics', e), metrics)) AS entry
)
ARRAY JOIN lines AS line
GROUP BY minute, project, key, signal, reason;
