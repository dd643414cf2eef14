-- Prefixes that calls share, and what of them was not read from the cache though it could have been. A cut was seen before when an earlier
-- call of the same provider and model had it within the lifetime; each use renews it. Calls before the window only serve as earlier ones.
SELECT
  cluster, any(provider) AS provider, any(model) AS model,
  sum(weight) AS calls, sumIf(weight, seen_tokens > 0) AS seen_before_calls, sumIf(weight, read > 0) AS read_calls,
  sum(weight * input_tokens) AS input_tokens, sum(weight * seen_tokens) AS seen_before_tokens, sum(weight * read) AS cache_read_tokens,
  sum(weight * avoidable) AS avoidable_tokens, sumIf(weight, avoidable > 0) AS requests_avoidable,
  sum(weight * avoidable * (input_price - read_price)) AS avoidable_usd,
  sumIf(weight * avoidable, input_price IS NULL OR read_price IS NULL) AS unpriced_tokens,
  quantileExactIf(0.5)(seen_tokens, seen_tokens > 0) AS prefix_tokens,
  maxIf(start_ns, read > 0) AS last_hit_ns,
  arraySort(groupArrayIf(1000)(start_ns, avoidable > 0 AND read = 0)) AS misses_ns,
  groupArraySortedIf(10)((-avoidable, trace_id, span_id), avoidable > 0) AS worst
FROM (
  SELECT *,
    coalesce(input_usd, avg(input_usd) OVER (PARTITION BY provider, model)) AS input_price,
    coalesce(read_usd, avg(read_usd) OVER (PARTITION BY provider, model)) AS read_price,
    if(own_cluster != 0 AND count() OVER (PARTITION BY own_cluster) > 1, own_cluster, 0) AS cluster,
    greatest(0, seen_tokens - read) AS avoidable
  FROM (
    SELECT s.*, toUnixTimestamp64Nano(c.start) AS start_ns, c.is_now AS is_now, c.trace_id AS trace_id, c.span_id AS span_id,
      c.provider AS provider, c.model AS model, c.weight AS weight, assumeNotNull(c.input_tokens) AS input_tokens, assumeNotNull(c.read) AS read,
      c.input_usd AS input_usd, c.read_usd AS read_usd
    FROM (
      SELECT call,
        maxIf(at, seen) AS seen_at,
        argMaxIf(print, at, seen) AS seen_cut,
        argMinIf(print, at, at >= {cluster_bytes:UInt64}) AS cluster_cut,
        if(seen_at = 0 OR seen_at >= {cluster_bytes:UInt64}, cluster_cut, seen_cut) AS own_cluster,
        maxIf(tokens, seen AND tokens >= {min_tokens:UInt64}) AS seen_tokens
      FROM (
        SELECT call, print, at, tokens, ifNull(start_ns - lagInFrame(toNullable(start_ns)) OVER w <= {lifetime_ns:Int64}, false) AS seen
        FROM $cuts
        WINDOW w AS (PARTITION BY print ORDER BY start_ns, call ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
      )
      GROUP BY call
    ) AS s
    ANY INNER JOIN (SELECT *, cityHash64(trace_id, span_id) AS id FROM newest) AS c ON s.call = c.id
  )
  WHERE is_now
)
GROUP BY cluster
ORDER BY avoidable_tokens DESC, cluster
LIMIT {rows:UInt64}
