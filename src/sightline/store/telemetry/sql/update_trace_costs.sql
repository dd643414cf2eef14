UPDATE traces_settled SET
  cost_usd = joinGet('settling_trace_costs', 'cost_usd', toString(project), trace_id),
  unpriced_count = joinGet('settling_trace_costs', 'unpriced_count', toString(project), trace_id)
WHERE (project, trace_id) IN (SELECT project, trace_id FROM spans WHERE {{which}})
