-- What an experiment's traces cost, where its runner did not say.
SELECT trace_id, cost_usd
FROM traces
WHERE project = {traces:String} AND $window AND trace_id IN (
  SELECT trace_id FROM experiment_results WHERE project = {project:String} AND experiment_id = {experiment_id:String})
