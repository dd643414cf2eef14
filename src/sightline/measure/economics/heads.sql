-- What of the input is system instructions and tools: by bytes of the prompt, less what was read from the cache, which holds them first.
SELECT
  sum(h.weight * h.tokens) AS input_tokens, sum(h.weight * h.head) AS head_tokens,
  sum(h.weight * greatest(0, h.head - h.read)) AS uncached_head_tokens,
  sum(h.weight * greatest(0, h.head - h.read) * h.input_usd) AS usd,
  sumIf(h.weight, h.head > 0) AS calls, uniqExactIf(h.trace_id, h.head > 0) * avg(h.weight) AS requests,
  groupArraySortedIf(30)((-h.head, h.trace_id), h.head > 0) AS dearest
FROM (
  SELECT trace_id, weight, toFloat64(assumeNotNull(input_tokens)) AS tokens, assumeNotNull(read) AS read, input_usd,
    tokens * (length(tools) + length(system) + leading_system_bytes) / text_bytes AS head
  FROM $prompts
  WHERE is_now
) AS h
