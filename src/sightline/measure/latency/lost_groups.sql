-- Time lost, by what went wrong and what came of it.
SELECT l.stage AS stage, l.model AS model, l.error_type AS error_type, l.then AS then, sum(l.weight) AS calls,
  uniqExact(l.trace_id) AS requests, sum(l.weight * l.critical_ns) AS failed_ns, sum(l.weight * l.backoff_ns) AS backoff_ns,
  quantileExactInclusive(0.95)(l.critical_ns + l.backoff_ns) AS p95_ns, max(l.critical_ns + l.backoff_ns) AS max_ns
FROM $lost AS l
GROUP BY l.stage, l.model, l.error_type, l.then
ORDER BY failed_ns + backoff_ns DESC, calls DESC, stage, model, error_type, then
LIMIT {rows:UInt64}
