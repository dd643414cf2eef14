-- Who stood in for whom: the models that were tried in one call, in their order.
SELECT t.models AS models, sum(t.weight) AS calls, sum(t.weight * t.weight) AS squared, sumIf(t.weight, t.succeeded) AS succeeded,
  sum(t.weight * t.attempts) AS attempts, topK(1)(t.first_error)[1] AS first_error,
  quantileExactInclusive(0.5)(t.waited_ns) AS waited_p50_ns,
  arraySlice(arrayDistinct(arrayMap(x -> x.2, groupArraySorted(25)((-t.start_ns, t.trace_id)))), 1, 5) AS trace_ids
FROM $tries AS t
WHERE t.attempts > 1
GROUP BY models
ORDER BY calls DESC, models
LIMIT {rows:UInt64}
