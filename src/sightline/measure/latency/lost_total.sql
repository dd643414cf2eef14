-- Requests with what each has lost: in all, those that lost anything, and the percentiles had nothing been lost.
SELECT count() AS n, sum(weight) AS requests, sumIf(weight, lost > 0) AS requests_with, sum(weight * value) AS duration_ns,
  sum(weight * failed) AS failed_ns, sum(weight * backoff) AS backoff_ns, sum(weight * limited) AS rate_limited_ns,
  sum(weight * fell_back) AS fallback_ns, sum(weight * lost) AS lost_ns, $with_loss AS q, $without_loss AS without
FROM (
  SELECT r.trace_id AS trace_id, any(r.weight) AS weight, any(r.value) AS value,
    sum(l.critical_ns) AS failed, sum(l.backoff_ns) AS backoff, sumIf(l.critical_ns + l.backoff_ns, l.error_type = 'rate_limited') AS limited,
    sumIf(l.critical_ns + l.backoff_ns, l.then = 'fallback') AS fell_back,
    least(any(r.value), ifNull(sumIf(l.critical_ns + l.backoff_ns, l.then IN ('retry', 'fallback')), 0)) AS lost
  FROM $requests AS r
  LEFT JOIN $lost AS l ON r.trace_id = l.trace_id
  GROUP BY r.trace_id
) AS v
