-- A group's requests against the others'.
SELECT r.texts = [{value:Nullable(String)}] AS in_group, groupUniqArray(r.kinds) AS kinds, sum(r.weight) AS requests,
  sum(r.weight * r.cost_usd) / sumIf(r.weight, r.cost_usd IS NOT NULL) AS cost_per_request_usd,
  sum(r.weight * r.revenue_usd) / sumIf(r.weight, r.revenue_usd IS NOT NULL) AS revenue_per_request_usd
FROM $requests AS r
GROUP BY in_group
