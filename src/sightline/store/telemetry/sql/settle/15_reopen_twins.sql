-- Calls without a parent that were settled as counted before this pass brought the one that counts: their traces settle once more.
INSERT INTO reopened_traces
SELECT t.project, t.trace_id, min(t.min_start), max(t.max_start), min(t.min_received)
FROM trace_index AS t
WHERE (t.project, t.trace_id) IN (
  SELECT x.project, x.trace_id
  FROM (SELECT * FROM call_index WHERE lone AND (project, response_id) IN (SELECT project, assumeNotNull(response_id) FROM settling_calls WHERE response_id IS NOT NULL)) AS x
  INNER JOIN settling_calls AS c ON c.project = x.project AND c.response_id = x.response_id
  WHERE c.kind IN ('llm', 'embedding', 'rerank') AND x.trace_id != c.trace_id AND x.scope_name != c.scope_name
    AND (x.project, x.trace_id) NOT IN (SELECT project, trace_id FROM settling_traces)
    AND (c.input_tokens IS NULL OR x.input_tokens IS NULL OR c.input_tokens = x.input_tokens)
    AND ((c.start_ns <= x.start_ns + 50000000 AND x.end_ns <= c.end_ns + 50000000) OR (x.start_ns <= c.start_ns + 50000000 AND c.end_ns <= x.end_ns + 50000000))
    AND (NOT c.lone OR (c.input_tokens IS NOT NULL, c.end_ns - c.start_ns, c.span_id) > (x.input_tokens IS NOT NULL, x.end_ns - x.start_ns, x.span_id)))
GROUP BY t.project, t.trace_id
