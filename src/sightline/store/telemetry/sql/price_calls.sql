-- What calls cost, by the rule of the highest rank that holds for them. A kind of token without a price of its own is charged like what it
-- is a part of. Unknown usage has no cost, except by rules that need none; an answer from the application's own cache costs nothing.
INSERT INTO settling_costs
SELECT project, trace_id, span_id,
  multiIf(cached, 0., known, input_cost + read_cost + write_cost + output_cost + other_cost, NULL) AS cost_usd,
  multiIf(cached, 0., known, input_cost, NULL) AS input_cost_usd,
  multiIf(cached, 0., known, read_cost, NULL) AS cache_read_cost_usd,
  multiIf(cached, 0., known, write_cost, NULL) AS cache_write_cost_usd,
  multiIf(cached, 0., known, output_cost, NULL) AS output_cost_usd,
  multiIf(cached, 0., known, other_cost, NULL) AS other_cost_usd,
  multiIf(cached, 'own cache', known, rule.price, NULL) AS price, true
FROM (
  SELECT *,
    ifNull(served_from_cache, false) AS cached,
    rule.price != '' AND (rule.second_usd IS NULL OR duration_ns IS NOT NULL) AND ((rule.input_usd IS NULL AND rule.output_usd IS NULL AND status != 'error')
      OR (input_tokens IS NOT NULL AND (output_tokens IS NOT NULL OR class != 'llm'))) AS known,
    toInt64(least(1000000000000000, ifNull(input_tokens, 0))) AS n_in,
    toInt64(least(1000000000000000, ifNull(output_tokens, 0))) AS n_out,
    least(n_in, toInt64(ifNull(cache_read_tokens, 0))) AS n_read,
    least(n_in - n_read, toInt64(ifNull(cache_write_tokens, 0))) AS n_write,
    if(rule.cache_write_1h_usd IS NULL, 0, least(n_write, toInt64(ifNull(cache_write_1h_tokens, 0)))) AS n_write_1h,
    if(rule.input_audio_usd IS NULL, 0, least(n_in - n_read - n_write, toInt64(ifNull(input_audio_tokens, 0)))) AS n_audio,
    if(rule.input_image_usd IS NULL, 0, least(n_in - n_read - n_write - n_audio, toInt64(ifNull(input_image_tokens, 0)))) AS n_image,
    if(rule.output_audio_usd IS NULL, 0, least(n_out, toInt64(ifNull(output_audio_tokens, 0)))) AS n_out_audio,
    if(rule.output_image_usd IS NULL, 0, least(n_out - n_out_audio, toInt64(ifNull(output_image_tokens, 0)))) AS n_out_image,
    if(rule.reasoning_usd IS NULL, 0, least(n_out - n_out_audio - n_out_image, toInt64(ifNull(reasoning_tokens, 0)))) AS n_reasoning,
    ifNull(rule.input_usd, 0.) AS usd_in, ifNull(rule.output_usd, 0.) AS usd_out,
    (n_in - n_read - n_write - n_audio - n_image) * usd_in + n_audio * ifNull(rule.input_audio_usd, 0.) + n_image * ifNull(rule.input_image_usd, 0.) AS input_cost,
    n_read * coalesce(rule.cache_read_usd, usd_in) AS read_cost,
    (n_write - n_write_1h) * coalesce(rule.cache_write_usd, usd_in) + n_write_1h * ifNull(rule.cache_write_1h_usd, 0.) AS write_cost,
    (n_out - n_out_audio - n_out_image - n_reasoning) * usd_out + n_out_audio * ifNull(rule.output_audio_usd, 0.)
      + n_out_image * ifNull(rule.output_image_usd, 0.) + n_reasoning * ifNull(rule.reasoning_usd, 0.) AS output_cost,
    ifNull(rule.request_usd, 0.) + ifNull(web_searches, 0) * ifNull(rule.web_search_usd, 0.) + ifNull(duration_ns, 0) / 1e9 * ifNull(rule.second_usd, 0.) AS other_cost
  FROM (
    SELECT s.*, arrayLast(r -> (r.service_tier = '' OR r.service_tier = tier) AND at >= r.valid_from AND at < r.valid_to
        AND second_of_day >= r.day_from_s AND second_of_day < r.day_to_s AND above > r.above_tokens, p.rules) AS rule
    FROM (
      SELECT project, trace_id, span_id, status, served_from_cache, duration_ns, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
        cache_write_1h_tokens, reasoning_tokens, input_audio_tokens, output_audio_tokens, input_image_tokens, output_image_tokens, web_searches,
        ifNull(toString(service_tier), '') AS tier, toDateTime(start, 'UTC') AS at, toUInt32(at) % 86400 AS second_of_day,
        toInt64(least(1000000000000000, ifNull(input_tokens, 0))) AS above,
        if(kind IN ('embedding', 'rerank', 'tool'), toString(kind), 'llm') AS class, ifNull(toString(provider), '') AS provider_name,
        if(kind = 'tool', ifNull(toString(tool_name), ''), ifNull(toString(response_model), '')) AS model_name,
        ifNull(toString(request_model), '') AS request_name
      FROM spans
      WHERE {{which}} AND usage_counted AND (kind IN ('llm', 'embedding', 'rerank', 'tool') OR input_tokens IS NOT NULL OR served_from_cache)
    ) AS s
    LEFT ANY JOIN (
      SELECT kind, provider, model, request_model, arraySort(r -> r.rank, groupArray(CAST((rank, service_tier, valid_from, valid_to, day_from_s, day_to_s,
        above_tokens, input_usd, output_usd, cache_read_usd, cache_write_usd, cache_write_1h_usd, input_audio_usd, output_audio_usd, input_image_usd,
        output_image_usd, reasoning_usd, request_usd, web_search_usd, second_usd, price), 'Tuple(rank UInt16, service_tier String, valid_from DateTime(\'UTC\'),
        valid_to DateTime(\'UTC\'), day_from_s UInt32, day_to_s UInt32, above_tokens Int64, input_usd Nullable(Float64), output_usd Nullable(Float64),
        cache_read_usd Nullable(Float64), cache_write_usd Nullable(Float64), cache_write_1h_usd Nullable(Float64), input_audio_usd Nullable(Float64),
        output_audio_usd Nullable(Float64), input_image_usd Nullable(Float64), output_image_usd Nullable(Float64), reasoning_usd Nullable(Float64),
        request_usd Nullable(Float64), web_search_usd Nullable(Float64), second_usd Nullable(Float64), price String)'))) AS rules
      FROM prices WHERE catalogue = {catalogue:String}
      GROUP BY kind, provider, model, request_model
    ) AS p ON s.class = p.kind AND s.provider_name = p.provider AND s.model_name = p.model AND s.request_name = p.request_model
  )
)
