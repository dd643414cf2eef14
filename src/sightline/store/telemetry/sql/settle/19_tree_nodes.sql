-- The pass's spans as nodes of their traces' trees. An HTTP client's span inside a call is that call on the wire: `is_transport`.
INSERT INTO settling_nodes
SELECT reinterpretAsUInt128(sipHash128(project, trace_id)), reinterpretAsUInt128(sipHash128(project, trace_id, span_id)),
  if(parent_span_id IS NULL, 0, reinterpretAsUInt128(sipHash128(project, trace_id, assumeNotNull(parent_span_id)))), span_id, ifNull(service, ''),
  kind IN ('llm', 'embedding', 'rerank'), kind = 'other' AND span_kind = 'client',
  toUnixTimestamp64Nano(start), toInt64(least(ifNull(duration_ns, 0), 4611686018427387904))
FROM spans
WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
  AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
