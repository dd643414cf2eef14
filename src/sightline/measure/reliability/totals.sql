-- Everything together: requests are roots; answers, tool calls and searches are what could have failed silently, if they did not openly.
SELECT
  sum(s.weight) AS spans,
  sumIf(s.weight, s.parent_span_id IS NULL) AS requests, sumIf(s.weight * s.weight, s.parent_span_id IS NULL) AS requests_squared,
  sumIf(s.weight, s.parent_span_id IS NULL AND s.failed) AS failed_requests,
  sumIf(s.weight, s.origin) AS errors,
  uniqExactIf(s.trace_id, s.origin) AS traces_with_errors,
  sumIf(s.weight, s.silent_failure IS NOT NULL) AS silent_failures,
  uniqExactIf(s.trace_id, s.silent_failure IS NOT NULL) AS traces_with_silent_failures,
  sumIf(s.weight, s.kind = 'llm' AND NOT s.failed) AS calls, sumIf(s.weight * s.weight, s.kind = 'llm' AND NOT s.failed) AS calls_squared,
  sumIf(s.weight, s.kind = 'tool') AS tools, sumIf(s.weight * s.weight, s.kind = 'tool') AS tools_squared,
  sumIf(s.weight, s.kind = 'retrieval' AND NOT s.failed) AS retrievals, sumIf(s.weight * s.weight, s.kind = 'retrieval' AND NOT s.failed) AS retrievals_squared,
  min(toUnixTimestamp64Nano(s.start)) AS first_ns, max(toUnixTimestamp64Nano(s.start)) AS last_ns
FROM $spans AS s
