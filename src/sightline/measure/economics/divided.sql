-- Calls with every value of the facts that divide them, and whether they are of the group.
(SELECT s.trace_id AS trace_id, s.weight AS weight, s.cost_usd AS cost_usd,
  if(s.input_tokens IS NULL AND s.output_tokens IS NULL, NULL, toFloat64(ifNull(s.input_tokens, 0)) + ifNull(s.output_tokens, 0)) AS tokens,
  cityHash64(s.trace_id) IN (SELECT m.request FROM $requests AS m WHERE m.texts = [{value:Nullable(String)}]) AS in_group,
  arrayFilter(t -> t.2 IS NOT NULL AND NOT (t.1 = 'stage and model' AND t.3 IS NULL), CAST([
    ('stage and model', s.stage, s.model), ('stage', s.stage, NULL), ('model', s.model, NULL), ('task', s.task, NULL),
    ('feature', s.feature, NULL), ('prompt_name', s.prompt_name, NULL), ('prompt_version', s.prompt_version, NULL),
    ('tool_name', s.tool_name, NULL), ('service_tier', s.service_tier, NULL), ('finish_reason', s.finish_reason, NULL),
    ('error_type', s.error_type, NULL), ('attempt', if(s.attempt > 1, toString(s.attempt), NULL), NULL)
  ], 'Array(Tuple(String, Nullable(String), Nullable(String)))')) AS divisions
FROM $spans AS s
WHERE s.is_call)
