-- What people said of units of one score, whether a judge has spoken or not, the latest first.
SELECT cityHash64(target, trace_id, span_id, session_id) AS unit, rater, human
FROM ratings
ORDER BY labelled DESC, unit, rater
LIMIT {rows:UInt64}
