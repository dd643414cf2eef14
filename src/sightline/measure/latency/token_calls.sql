-- Successful calls whose length is known: how long each took, and what of it: 1, and thousands of uncached input, cached input and output tokens.
(SELECT ifNull(provider, '') AS of_provider, ifNull(model, '') AS of_model, concat(of_provider, '\0', of_model) AS name, start >= $from AS is_now, weight,
  toFloat64(assumeNotNull(duration_ns)) AS y,
  [1., greatest(0., toFloat64(assumeNotNull(input_tokens)) - toFloat64(ifNull(cache_read_tokens, 0))) / 1000,
    toFloat64(ifNull(cache_read_tokens, 0)) / 1000, toFloat64(assumeNotNull(output_tokens)) / 1000] AS x
FROM $source
  AND settled AND usage_counted AND kind = 'llm' AND status != 'error' AND ifNull(served_from_cache, false) = false
  AND duration_ns IS NOT NULL AND input_tokens IS NOT NULL AND output_tokens IS NOT NULL)
