-- Every stage and the stage that it ran inside, '' for a request's first. Of a sample of the traces where there are very many.
SELECT
  p.kind AS parent_kind, p.stage AS parent_stage, c.kind AS kind, c.stage AS stage,
  sum(c.weight) AS calls, sum(c.weight * c.weight) AS squared, uniqExact(c.trace_id) AS traces,
  sumIf(c.weight, c.failed) AS failed, sumIf(c.weight, c.origin) AS errors, sumIf(c.weight, c.silent_failure IS NOT NULL) AS silent_failures,
  avgOrNullIf(toUnixTimestamp64Nano(c.start) - toUnixTimestamp64Nano(p.start), p.stage != '') AS after_ns,
  quantileExactInclusiveOrNull(0.5)(c.duration_ns) AS p50_ns, quantileExactInclusiveOrNull(0.95)(c.duration_ns) AS p95_ns, countIf(c.duration_ns IS NOT NULL) AS timed
FROM (SELECT * FROM $spans WHERE NOT is_http AND cityHash64(trace_id) % {one_in:UInt64} = 0) AS c
LEFT ANY JOIN (
  SELECT trace_id, span_id, kind, stage, start FROM spans
  WHERE project = {project:String} AND $near AND cityHash64(trace_id) % {one_in:UInt64} = 0 AND settled
) AS p ON c.trace_id = p.trace_id AND c.parent_span_id = p.span_id
GROUP BY parent_kind, parent_stage, kind, stage
ORDER BY calls DESC, parent_stage, stage
LIMIT {rows:UInt64}
