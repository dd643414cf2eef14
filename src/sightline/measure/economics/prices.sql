-- The newest catalogue's rules for the models that spans have named.
SELECT catalogue, kind, provider, model, request_model, price, rank, service_tier, toUnixTimestamp(valid_from) AS valid_from_s,
  toUnixTimestamp(valid_to) AS valid_to_s, day_from_s, day_to_s, above_tokens, context_tokens,
  input_usd, output_usd, cache_read_usd, cache_write_usd, cache_write_1h_usd, input_audio_usd, output_audio_usd, input_image_usd,
  output_image_usd, reasoning_usd, request_usd, web_search_usd, second_usd
FROM prices
WHERE catalogue = (SELECT argMax(catalogue, resolved) FROM prices)
  AND (positionCaseInsensitiveUTF8(provider, {search:String}) > 0 OR positionCaseInsensitiveUTF8(model, {search:String}) > 0
    OR positionCaseInsensitiveUTF8(price, {search:String}) > 0)
ORDER BY provider, model, request_model, kind, rank
LIMIT {rows:UInt64}
