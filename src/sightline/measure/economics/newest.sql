-- The newest calls that a provider's cache could have served.
(SELECT *
FROM $cacheable AS k
WHERE k.kind = 'llm'
ORDER BY k.start DESC, k.trace_id, k.span_id
LIMIT {newest:UInt64})
