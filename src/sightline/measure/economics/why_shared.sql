-- How many of the group's calls, and how much of their money, each two of the `chosen` descriptions have in common.
SELECT one, other, sum(k.calls) AS calls, sum(k.usd) AS usd
FROM (
  SELECT
    arrayFilter(n -> n IN {chosen:Array(UInt64)}, arrayMap(d -> cityHash64(d.1, assumeNotNull(d.2), ifNull(d.3, '')), c.divisions)) AS descriptions,
    sum(c.weight) AS calls, sum(c.weight * ifNull(c.cost_usd, 0)) AS usd
  FROM $divided AS c
  WHERE c.in_group
  GROUP BY descriptions
) AS k
ARRAY JOIN k.descriptions AS one
ARRAY JOIN k.descriptions AS other
WHERE one < other
GROUP BY one, other
