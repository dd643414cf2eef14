-- Calls whose input fills over nine tenths of the model's context.
SELECT sum(c.weight * c.cost_usd) AS usd, sum(c.weight) AS calls, uniqExact(c.trace_id) * avg(c.weight) AS requests,
  groupArraySorted(30)((-toFloat64(c.input_tokens), c.trace_id)) AS dearest
FROM $cacheable AS c
WHERE c.is_now AND c.input_tokens > 0.9 * c.rule.context
