-- Sums of what the judge said, by group, period, version and verdict; groups with most units first.
SELECT *, sum(units) OVER (PARTITION BY group_key) AS group_units, uniqExact(group_key) OVER () AS group_count
FROM (
  SELECT $group AS group_key, any($texts) AS texts, groupUniqArray(20)($kinds) AS kinds, $period AS period, version, $verdict AS verdict,
    count() AS units, sum(weight) AS weight, sum(v.weight * v.weight) AS squared, sum(v.weight * said) AS scored, sum(v.weight * said * said) AS scored_squared
  FROM verdicts AS v
  WHERE counted
  GROUP BY group_key, period, version, verdict
)
ORDER BY group_units DESC, group_key, period, version, verdict
LIMIT {rows:UInt64}
