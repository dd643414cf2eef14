-- What requests earned and cost, by groups, in the window (`is_now`) and in the one before it. A margin needs both to be known.
SELECT *, min(ifNull(margin_usd, 0)) OVER (PARTITION BY group_key) AS worst, max(ifNull(cost_usd, 0)) OVER (PARTITION BY group_key) AS size,
  uniqExact(group_key) OVER () AS group_count
FROM (
  SELECT
    r.group_key AS group_key, r.is_now AS is_now, any(r.texts) AS texts, groupUniqArray(r.kinds) AS kinds,
    sum(r.weight) AS requests,
    sumIf(r.weight, r.revenue_usd IS NOT NULL) AS requests_with_revenue,
    sum(r.weight * r.revenue_usd) AS revenue_usd,
    sum(r.weight * r.known_usd) AS cost_usd,
    sum(r.weight * (r.revenue_usd - r.cost_usd)) AS margin_usd,
    sumIf(r.weight * r.revenue_usd, r.cost_usd IS NOT NULL) AS margin_revenue_usd,
    sumIf(r.weight, r.revenue_usd < r.cost_usd) AS unprofitable_requests,
    sum(r.weight * r.priced_calls) AS priced_calls, sum(r.weight * r.calls_without_cost) AS calls_without_cost
  FROM $requests AS r
  GROUP BY r.group_key, r.is_now
)
ORDER BY worst, size DESC, group_key, is_now
LIMIT {rows:UInt64}
