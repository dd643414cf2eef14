-- One statement, so that a cost and its parts change together.
UPDATE spans SET
  cost_usd = joinGet('settling_costs', 'cost_usd', toString(project), trace_id, span_id),
  input_cost_usd = joinGet('settling_costs', 'input_cost_usd', toString(project), trace_id, span_id),
  cache_read_cost_usd = joinGet('settling_costs', 'cache_read_cost_usd', toString(project), trace_id, span_id),
  cache_write_cost_usd = joinGet('settling_costs', 'cache_write_cost_usd', toString(project), trace_id, span_id),
  output_cost_usd = joinGet('settling_costs', 'output_cost_usd', toString(project), trace_id, span_id),
  other_cost_usd = joinGet('settling_costs', 'other_cost_usd', toString(project), trace_id, span_id),
  price = joinGet('settling_costs', 'price', toString(project), trace_id, span_id)
WHERE {{which}} AND joinGet('settling_costs', 'present', toString(project), trace_id, span_id)
