-- The same call told of in two traces: by an instrumentation that stands in its request, and by another whose span has no parent. The one
-- with a parent counts; of two without, the one that says its usage, then the longer, which saw more.
INSERT INTO settling_pairs
SELECT c.project, c.trace_id, c.span_id, '', true
FROM settling_calls AS c
INNER JOIN (SELECT * FROM call_index WHERE (project, response_id) IN (SELECT project, assumeNotNull(response_id) FROM settling_calls WHERE response_id IS NOT NULL)) AS x
  ON c.project = x.project AND c.response_id = x.response_id
WHERE c.lone AND c.kind IN ('llm', 'embedding', 'rerank') AND x.trace_id != c.trace_id AND x.scope_name != c.scope_name
  AND (c.input_tokens IS NULL OR x.input_tokens IS NULL OR c.input_tokens = x.input_tokens)
  AND ((c.start_ns <= x.start_ns + 50000000 AND x.end_ns <= c.end_ns + 50000000) OR (x.start_ns <= c.start_ns + 50000000 AND c.end_ns <= x.end_ns + 50000000))
  AND (NOT x.lone OR (x.input_tokens IS NOT NULL, x.end_ns - x.start_ns, x.span_id) > (c.input_tokens IS NOT NULL, c.end_ns - c.start_ns, c.span_id))
