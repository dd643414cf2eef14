-- The newest catalogue's rules by the names that spans use, the one that counts first. Prices are USD per token.
(SELECT
  kind, provider, model, request_model,
  arrayReverseSort(r -> r.rank, groupArray(CAST(
    (rank, service_tier, valid_from, valid_to, day_from_s, day_to_s, above_tokens, input_usd, cache_read_usd, cache_write_usd,
      cache_write_1h_usd, output_usd, request_usd, context_tokens, input_audio_usd, input_image_usd, output_audio_usd, output_image_usd, reasoning_usd, web_search_usd),
    'Tuple(rank UInt16, tier String, valid_from DateTime(''UTC''), valid_to DateTime(''UTC''), day_from UInt32, day_to UInt32, above Int64,
      input Nullable(Float64), cache_read Nullable(Float64), cache_write Nullable(Float64), cache_write_1h Nullable(Float64),
      output Nullable(Float64), request Nullable(Float64), context Nullable(UInt64),
      input_audio Nullable(Float64), input_image Nullable(Float64), output_audio Nullable(Float64), output_image Nullable(Float64),
      reasoning Nullable(Float64), web_search Nullable(Float64))'
  ))) AS rules
FROM prices
WHERE price != '' AND catalogue = (SELECT argMax(catalogue, resolved) FROM prices)
GROUP BY kind, provider, model, request_model)
