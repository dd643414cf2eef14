-- Calls of models by their labels: how long they took, what they used, what they cost. Histograms are cumulative, as scrapers want them.
SELECT
  any(c.said) AS labels,
  sum(c.weight) AS calls,
  sumForEach(arrayMap(b -> if(c.seconds <= b, c.weight, 0.), {seconds:Array(Float64)})) AS duration_le, sumIf(c.weight, c.seconds IS NOT NULL) AS duration_n, sum(c.weight * c.seconds) AS duration_sum,
  sumForEach(arrayMap(b -> if(c.first_s <= b, c.weight, 0.), {seconds:Array(Float64)})) AS first_le, sumIf(c.weight, c.first_s IS NOT NULL) AS first_n, sum(c.weight * c.first_s) AS first_sum,
  sumForEach(arrayMap(b -> if(c.input_tokens <= b, c.weight, 0.), {tokens:Array(Float64)})) AS input_le, sumIf(c.weight, c.input_tokens IS NOT NULL) AS input_n, sum(c.weight * c.input_tokens) AS input_sum,
  sumForEach(arrayMap(b -> if(c.output_tokens <= b, c.weight, 0.), {tokens:Array(Float64)})) AS output_le, sumIf(c.weight, c.output_tokens IS NOT NULL) AS output_n, sum(c.weight * c.output_tokens) AS output_sum,
  sum(c.weight * c.cost_usd) AS cost_usd
FROM (
  SELECT if(cityHash64(own) IN {known:Array(UInt64)}, own, {other:Array(String)}) AS said, weight,
    duration_ns / 1e9 AS seconds, ttft_ns / 1e9 AS first_s, toFloat64(input_tokens) AS input_tokens, toFloat64(output_tokens) AS output_tokens, cost_usd
  FROM (SELECT *, $labels AS own FROM spans WHERE $window AND settled AND usage_counted AND kind IN ('llm', 'embedding', 'rerank') AND coalesce(provider, request_model, model) IS NOT NULL)
) AS c
GROUP BY cityHash64(c.said)
