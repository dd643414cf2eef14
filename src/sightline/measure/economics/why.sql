-- What a group's requests spend more on than the others': every value of the facts that divide calls, the two sides beside each other.
SELECT
  d.1 AS fact, d.2 AS first, d.3 AS second, cityHash64(fact, assumeNotNull(first), ifNull(second, '')) AS description,
  sumIf(c.weight, c.in_group) AS calls, sumIf(c.weight, NOT c.in_group) AS others_calls,
  sumIf(c.weight * c.cost_usd, c.in_group) AS cost_usd, sumIf(c.weight * c.cost_usd, NOT c.in_group) AS others_cost_usd,
  sumIf(c.weight * c.tokens, c.in_group) AS tokens, sumIf(c.weight * c.tokens, NOT c.in_group) AS others_tokens,
  sumIf(c.weight, c.in_group AND c.tokens IS NOT NULL) AS calls_with_tokens,
  sumIf(c.weight, NOT c.in_group AND c.tokens IS NOT NULL) AS others_calls_with_tokens,
  groupArraySortedIf(30)((-ifNull(c.cost_usd, 0), c.trace_id), c.in_group) AS dearest
FROM $divided AS c
ARRAY JOIN c.divisions AS d
GROUP BY fact, first, second
HAVING calls > 0
ORDER BY ifNull(cost_usd, 0) DESC, fact, first, second
LIMIT {rows:UInt64}
