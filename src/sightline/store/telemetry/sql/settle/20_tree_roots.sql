-- The root is the span without a parent, the first should there be several.
INSERT INTO settling_roots
SELECT trace, argMin(span, (start_ns, span_id)), argMin(start_ns, (start_ns, span_id)), argMin(duration_ns, (start_ns, span_id))
FROM settling_nodes
WHERE parent = 0
GROUP BY trace
