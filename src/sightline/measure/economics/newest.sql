-- The newest calls that a provider's cache could have served.
SELECT trace_id, span_id, wrapper_span_id, start, is_now, weight, status, task, provider, model, temperature, max_tokens,
  input_tokens, read, input_usd, read_usd
FROM $cacheable AS k
WHERE k.kind = 'llm'
ORDER BY k.start DESC, k.trace_id, k.span_id
LIMIT {newest:UInt64}
