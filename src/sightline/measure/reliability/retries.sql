-- How often it took more than one try, and what came of it.
SELECT
  sum(t.weight) AS calls, sum(t.weight * t.weight) AS squared,
  sumIf(t.weight, t.succeeded) AS succeeded,
  sumIf(t.weight, t.attempts > 1) AS retried, sumIf(t.weight, t.attempts > 1 AND t.succeeded) AS saved,
  sumIf(t.weight, length(t.models) > 1) AS fell_back, sumIf(t.weight, length(t.models) > 1 AND t.succeeded) AS fell_back_well,
  quantileExactInclusiveOrNullIf(0.5)(t.waited_ns, t.attempts > 1) AS waited_p50_ns,
  quantileExactInclusiveOrNullIf(0.95)(t.waited_ns, t.attempts > 1) AS waited_p95_ns,
  countIf(t.attempts > 1) AS waited_n
FROM $tries AS t
