-- The searches that are the least like those before: by the mean of what each 3-gram has become more frequent.
SELECT query, any(trace_id) AS trace_id, count() AS times, any(score) AS score
FROM (
  SELECT assumeNotNull(s.query) AS query, s.trace_id AS trace_id,
    arrayAvg(arrayMap(gram -> ({ratios:Array(Float64)})[cityHash64(gram) % {bins:UInt16} + 1], ngrams(lowerUTF8(assumeNotNull(s.query)), 3))) AS score
  FROM $spans AS s
  WHERE s.start >= $from AND s.query IS NOT NULL AND lengthUTF8(s.query) >= 3 AND cityHash64(s.span_id) % {one_in:UInt64} = 0
)
GROUP BY query
ORDER BY score DESC, query
LIMIT 10
