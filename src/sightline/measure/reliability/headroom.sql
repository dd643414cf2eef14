-- What providers' headers say is left of the rate limits: on the call's span or on its HTTP client's below it.
SELECT
  provider, model, what,
  argMax(remaining, start) AS last_remaining, argMaxIf(allowed, start, allowed IS NOT NULL) AS last_limit,
  min(remaining) AS least_remaining, toUnixTimestamp64Nano(argMin(start, remaining)) AS least_ns, toUnixTimestamp64Nano(max(start)) AS last_ns,
  count() AS calls
FROM (
  SELECT h.start AS start, coalesce(h.provider, c.provider) AS provider, coalesce(h.called, c.called) AS model,
    said.1 AS what, said.2 AS remaining, said.3 AS allowed
  FROM (
    SELECT trace_id, parent_span_id, start, provider, coalesce(request_model, model) AS called,
      mapFilter((k, v) -> k LIKE 'http.response.header.%ratelimit%', mapConcat(
        mapApply((k, v) -> (toString(k), v), attr_string),
        mapApply((k, v) -> (toString(k), toString(v)), attr_int),
        mapApply((k, v) -> (toString(k), JSONExtractString(v, 1)), attr_other))) AS headers,
      arrayJoin(arrayFilter(x -> x.2 IS NOT NULL, arrayMap(w -> (w,
        toFloat64OrNull(arrayFirst((v, k) -> match(k, concat('ratelimit.', '(', w, '.remaining|remaining.', w, ')$$')), mapValues(headers), mapKeys(headers))),
        toFloat64OrNull(arrayFirst((v, k) -> match(k, concat('ratelimit.', '(', w, '.limit|limit.', w, ')$$')), mapValues(headers), mapKeys(headers)))),
        ['requests', 'tokens', 'input.tokens', 'output.tokens']))) AS said
    FROM $source
      AND (arrayExists(k -> k LIKE 'http.response.header.%ratelimit%', attr_other.keys) OR arrayExists(k -> k LIKE 'http.response.header.%ratelimit%', attr_string.keys)
        OR arrayExists(k -> k LIKE 'http.response.header.%ratelimit%', attr_int.keys))
  ) AS h
  LEFT ANY JOIN (
    SELECT trace_id, span_id, provider, coalesce(request_model, model) AS called FROM spans
    WHERE project = {project:String} AND $near AND kind IN ('llm', 'embedding')
  ) AS c ON h.trace_id = c.trace_id AND h.parent_span_id = c.span_id
)
GROUP BY provider, model, what
ORDER BY last_ns DESC, provider, model, what
LIMIT {rows:UInt64}
