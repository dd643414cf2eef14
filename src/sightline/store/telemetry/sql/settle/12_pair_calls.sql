-- Who repeats whom. An outer call repeats the inner one that has the same answer's id or the same usage, all inner ones if its usage is
-- their sum, and its only inner one for the same model, if it says no usage itself, or the other, by another instrumentation, says none. Any other span that
-- says a usage repeats the calls below it that say theirs. Side by side, two instrumentations of one call have one answer's id at one time.
INSERT INTO settling_pairs
SELECT project, trace_id, outer_id, inner_id, is_call FROM (
  SELECT i.project AS project, i.trace_id AS trace_id, o.span_id AS outer_id, i.span_id AS inner_id,
    o.kind IN ('llm', 'embedding', 'rerank') AS is_call, o.kind = i.kind AS alike, o.scope_name != i.scope_name AS other_scope,
    o.response_id AS outer_response, i.response_id AS inner_response, o.input_tokens AS outer_in, o.output_tokens AS outer_out,
    i.input_tokens AS inner_in, i.output_tokens AS inner_out,
    ifNull(o.response_model = i.response_model, false) OR ifNull(o.request_model = i.request_model, false)
      OR ifNull(o.response_model = i.request_model, false) OR ifNull(o.request_model = i.response_model, false) AS same_model,
    countIf(o.kind = i.kind) OVER w AS inner_calls, sum(i.input_tokens) OVER w AS sum_in, sum(i.output_tokens) OVER w AS sum_out
  FROM settling_calls AS i
  INNER JOIN settling_calls AS o ON i.project = o.project AND i.trace_id = o.trace_id AND i.outer_id = o.span_id
  WINDOW w AS (PARTITION BY o.project, o.trace_id, o.span_id)
)
WHERE if(NOT is_call, inner_in IS NOT NULL OR inner_out IS NOT NULL,
  alike AND (ifNull(outer_response = inner_response, false)
    OR (ifNull(outer_in = inner_in, false) AND outer_out IS NOT DISTINCT FROM inner_out)
    OR (inner_calls > 1 AND ifNull(outer_in = sum_in, false) AND outer_out IS NOT DISTINCT FROM sum_out)
    OR (inner_calls = 1 AND same_model AND (outer_in IS NULL OR (inner_in IS NULL AND other_scope)))))
UNION ALL
SELECT a.project, a.trace_id, a.span_id, b.span_id, true
FROM settling_calls AS a
INNER JOIN settling_calls AS b ON a.project = b.project AND a.trace_id = b.trace_id AND a.response_id = b.response_id
WHERE a.kind = b.kind AND a.kind IN ('llm', 'embedding', 'rerank') AND a.scope_name != b.scope_name
  AND a.start_ns <= b.start_ns + 50000000 AND b.end_ns <= a.end_ns + 50000000
  AND (a.end_ns - a.start_ns, a.span_id) > (b.end_ns - b.start_ns, b.span_id)
  AND (a.input_tokens IS NULL OR b.input_tokens IS NULL OR a.input_tokens = b.input_tokens)
