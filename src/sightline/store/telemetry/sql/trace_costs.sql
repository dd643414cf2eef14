-- What the requests cost whose calls were priced anew: all their counted spans, wherever they lie.
INSERT INTO settling_trace_costs
SELECT project, trace_id, sumIf(cost_usd, usage_counted),
  countIf(usage_counted AND cost_usd IS NULL AND input_tokens IS NOT NULL AND kind IN ('llm', 'embedding', 'rerank'))
FROM spans
WHERE (project, trace_id) IN (SELECT project, trace_id FROM spans WHERE {{which}})
GROUP BY project, trace_id
