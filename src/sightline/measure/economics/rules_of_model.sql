-- What one model costs, by the newest catalogue, whichever way spans have named it.
SELECT rank, service_tier, toUnixTimestamp(valid_from) AS valid_from_s, toUnixTimestamp(valid_to) AS valid_to_s, day_from_s, day_to_s, above_tokens,
  input_usd, cache_read_usd, cache_write_usd, cache_write_1h_usd, output_usd, request_usd, context_tokens,
  input_audio_usd, input_image_usd, output_audio_usd, output_image_usd, reasoning_usd, web_search_usd, price, provider
FROM prices
WHERE kind = 'llm' AND price != '' AND catalogue = (SELECT argMax(catalogue, resolved) FROM prices)
  AND (model = {model:String} OR (model = '' AND request_model = {model:String})) AND ({provider:String} = '' OR provider = {provider:String})
ORDER BY provider, request_model, rank DESC
