-- Requests with their group: what the root says; where it says nothing, what the dearest of its spans says.
(SELECT
  cityHash64(s.trace_id) AS request, any(s.trace_id) AS trace_id, s.is_now AS is_now, max(s.weight) AS weight,
  $request_texts AS texts, $request_kinds AS kinds, $request_key AS group_key,
  coalesce(argMinIf(s.revenue_usd, s.start, s.parent_span_id IS NULL), sum(s.revenue_usd)) AS revenue_usd,
  sum(s.cost_usd) AS known_usd,
  if(countIf(s.is_call) = 0, 0, known_usd) AS cost_usd,
  countIf(s.priced) AS priced_calls, countIf(s.without_cost) AS calls_without_cost
FROM $spans AS s
GROUP BY s.is_now, request)
