-- Calls of models by provider and the model that was asked for (a call that failed knows no other) and over time: how many could have been answered, and how many were. What the caller got wrong
-- (its key, its request, its patience) says nothing of the provider.
SELECT
  $time AS time, s.provider AS provider, s.called AS model,
  sum(s.weight) AS calls,
  sumIf(s.weight, s.asked) AS asked, sumIf(s.weight * s.weight, s.asked) AS squared,
  sumIf(s.weight, s.asked AND NOT s.failed) AS answered,
  sumIf(s.weight, s.error_type = 'rate_limited') AS rate_limited,
  sumIf(s.weight, s.error_type = 'overloaded') AS overloaded,
  sumIf(s.weight, s.error_type = 'timeout') AS timeout,
  sumIf(s.weight, s.error_type = 'server_error') AS server_error,
  sumIf(s.weight, s.asked AND s.failed AND ifNull(s.error_type NOT IN ('rate_limited', 'overloaded', 'timeout', 'server_error'), true)) AS other,
  sumIf(s.weight, NOT s.asked) AS not_asked,
  toUnixTimestamp64Nano(maxOrNullIf(s.start, s.asked AND s.failed)) AS last_failure_ns
FROM (
  SELECT *, coalesce(request_model, model) AS called, NOT ifNull(error_type IN ('auth', 'invalid_request', 'context_length', 'content_filtered', 'cancelled', 'tool_error'), false) AS asked
  FROM $spans WHERE kind IN ('llm', 'embedding', 'rerank') AND coalesce(provider, called) IS NOT NULL
) AS s
GROUP BY time, provider, model
ORDER BY calls DESC, provider, model, time
LIMIT {rows:UInt64}
