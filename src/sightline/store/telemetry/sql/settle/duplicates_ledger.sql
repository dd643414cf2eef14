-- What was counted as stored turns out to be a duplicate.
INSERT INTO ledger (minute, project, key, signal, reason, received, stored, duplicate, rejected)
SELECT minute, project, key_id, 'traces', '', 0, -toInt64(count()), toInt64(count()), 0
FROM settling_duplicates WHERE plan = {plan:UInt64} GROUP BY minute, project, key_id
