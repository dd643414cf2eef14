-- Units that a judge has judged since a time and that nobody was asked about: what it said, how sure it was, and how far others that scored the same disagree with it.
SELECT target, trace_id, span_id, session_id, toUnixTimestamp64Nano(own.1) AS start_ns, assumeNotNull(own.2) AS said, own.3 AS confidence, own.4 AS version,
  apart AS disagreement, count() OVER () AS units
FROM (
  SELECT target, trace_id, span_id, session_id,
    argMaxIf((start, $said, confidence, version, received), (toUInt32OrZero(version), received), source = 'judge' AND author = {author:String}) AS own,
    countIf(source = 'judge' AND author = {author:String}) AS judged, countIf(source = 'person') AS people,
    stddevPopIf($said, source != 'person') AS apart
  FROM scores
  WHERE project = {project:String} AND name = {name:String} AND start >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') AND $said IS NOT NULL
  GROUP BY target, trace_id, span_id, session_id
)
WHERE judged > 0 AND people = 0 AND own.5 > fromUnixTimestamp64Nano({since:Int64}, 'UTC')
  AND concat(target, '/', trace_id, '/', span_id, '/', session_id) NOT IN {asked:Array(String)}
ORDER BY cityHash64(trace_id, span_id, session_id, {seed:UInt64})
LIMIT {rows:UInt64}
