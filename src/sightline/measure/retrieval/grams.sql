-- What was searched for as hashed 3-grams, a query counting once whatever its length, by blocks of time. Of a sample where there are many.
SELECT block, is_now, bin, sum(part) AS mass
FROM (
  SELECT intDiv(toUnixTimestamp64Nano(s.start), {width:Int64}) AS block, s.start >= $from AS is_now,
    s.weight / length(ngrams(lowerUTF8(assumeNotNull(s.query)), 3)) AS part, arrayJoin(ngrams(lowerUTF8(assumeNotNull(s.query)), 3)) AS gram,
    cityHash64(gram) % {bins:UInt16} AS bin
  FROM $spans AS s
  WHERE s.query IS NOT NULL AND lengthUTF8(s.query) >= 3 AND cityHash64(s.span_id) % {one_in:UInt64} = 0
)
GROUP BY block, is_now, bin
ORDER BY block, bin
