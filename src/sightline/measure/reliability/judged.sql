-- The spans that could have failed silently: those that did not fail openly.
SELECT
  sumIf(s.weight, s.kind = 'llm' AND NOT s.failed) AS calls, sumIf(s.weight * s.weight, s.kind = 'llm' AND NOT s.failed) AS calls_squared,
  sumIf(s.weight, s.kind = 'tool') AS tools, sumIf(s.weight * s.weight, s.kind = 'tool') AS tools_squared,
  sumIf(s.weight, s.kind = 'retrieval' AND NOT s.failed) AS retrievals, sumIf(s.weight * s.weight, s.kind = 'retrieval' AND NOT s.failed) AS retrievals_squared
FROM $spans AS s
