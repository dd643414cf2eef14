-- What each repeat of each item came to: of several the last that came.
SELECT item_id, repeat, argMax(trace_id, received) AS trace_id, argMax($output, received) AS output, argMax(error, received) AS error,
  argMax(tuple(latency_ns), received).1 AS latency_ns, argMax(tuple(cost_usd), received).1 AS cost_usd
FROM experiment_results
WHERE project = {project:String} AND experiment_id = {experiment_id:String}
GROUP BY item_id, repeat
ORDER BY item_id, repeat
LIMIT {rows:UInt32}
