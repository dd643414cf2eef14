-- What a group's requests spend more on than the others': every value of the facts that divide calls, the two sides beside each other.
SELECT
  d.1 AS fact, d.2 AS first, d.3 AS second,
  sumIf(c.weight, c.in_group) AS calls, sumIf(c.weight, NOT c.in_group) AS others_calls,
  sumIf(c.weight * c.cost_usd, c.in_group) AS cost_usd, sumIf(c.weight * c.cost_usd, NOT c.in_group) AS others_cost_usd,
  sumIf(c.weight * c.tokens, c.in_group) AS tokens, sumIf(c.weight * c.tokens, NOT c.in_group) AS others_tokens,
  sumIf(c.weight, c.in_group AND c.tokens IS NOT NULL) AS calls_with_tokens,
  sumIf(c.weight, NOT c.in_group AND c.tokens IS NOT NULL) AS others_calls_with_tokens,
  groupArraySortedIf(30)((-ifNull(c.cost_usd, 0), c.trace_id), c.in_group) AS dearest
FROM (
  SELECT s.trace_id AS trace_id, s.weight AS weight, s.cost_usd AS cost_usd,
    if(s.input_tokens IS NULL AND s.output_tokens IS NULL, NULL, toFloat64(ifNull(s.input_tokens, 0)) + ifNull(s.output_tokens, 0)) AS tokens,
    cityHash64(s.trace_id) IN (SELECT m.request FROM $requests AS m WHERE m.texts = [{value:Nullable(String)}]) AS in_group,
    arrayFilter(t -> t.2 IS NOT NULL, CAST([
      ('stage and model', s.stage, s.model), ('stage', s.stage, NULL), ('model', s.model, NULL), ('task', s.task, NULL),
      ('feature', s.feature, NULL), ('prompt_name', s.prompt_name, NULL), ('prompt_version', s.prompt_version, NULL),
      ('tool_name', s.tool_name, NULL), ('service_tier', s.service_tier, NULL), ('finish_reason', s.finish_reason, NULL),
      ('error_type', s.error_type, NULL), ('attempt', if(s.attempt > 1, toString(s.attempt), NULL), NULL)
    ], 'Array(Tuple(String, Nullable(String), Nullable(String)))')) AS divisions
  FROM $spans AS s
  WHERE s.is_call
) AS c
ARRAY JOIN c.divisions AS d
WHERE NOT (d.1 = 'stage and model' AND d.3 IS NULL)
GROUP BY fact, first, second
HAVING calls > 0
ORDER BY ifNull(cost_usd, 0) DESC, fact, first, second
LIMIT {rows:UInt64}
