-- The ledger by minute, newest first; rejected items by reason.
SELECT
  toUnixTimestamp(minute) AS minute_s, project, key, signal,
  sum(by_reason.received) AS received, sum(by_reason.stored) AS stored, sum(by_reason.duplicate) AS duplicate,
  sum(by_reason.rejected) AS rejected,
  groupArrayIf((reason, by_reason.rejected), by_reason.rejected != 0) AS reasons
FROM (
  SELECT l.minute AS minute, l.project AS project, l.key AS key, l.signal AS signal, l.reason AS reason,
    sum(l.received) AS received, sum(l.stored) AS stored, sum(l.duplicate) AS duplicate, sum(l.rejected) AS rejected
  FROM ledger AS l
  WHERE l.project = {project:String} AND l.minute >= toDateTime({from_s:UInt32}, 'UTC') AND l.minute < toDateTime({to_s:UInt32}, 'UTC')
  GROUP BY l.minute, l.project, l.key, l.signal, l.reason
) AS by_reason
GROUP BY minute, project, key, signal
ORDER BY minute DESC, key, signal
LIMIT {rows:UInt32}
