-- How much pricing anew moves, by model; weighted like every sum.
SELECT ifNull(toString(model), '') AS model, count() AS spans,
  countIf(after IS DISTINCT FROM before AND NOT ifNull(abs(after - before) < 1e-12, false)) AS changed,
  countIf(before IS NULL AND after IS NOT NULL) AS newly_priced, sum(before * weight) AS before_usd, sum(after * weight) AS after_usd
FROM (
  SELECT model, weight, cost_usd AS before, joinGet('settling_costs', 'cost_usd', toString(project), trace_id, span_id) AS after
  FROM spans
  WHERE {{which}} AND joinGet('settling_costs', 'present', toString(project), trace_id, span_id)
)
GROUP BY model
ORDER BY abs(ifNull(after_usd, 0) - ifNull(before_usd, 0)) DESC, model
