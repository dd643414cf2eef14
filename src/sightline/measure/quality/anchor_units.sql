-- Units that people labelled and the judge has judged, those of which most is known first: what people gave and what the judge did.
SELECT target, trace_id, span_id, session_id, any(toUnixTimestamp64Nano(v.start)) AS start_ns, any(v.said) AS baseline, avg(r.human) AS person, count() AS raters
FROM verdicts AS v
INNER JOIN ratings AS r USING (target, trace_id, span_id, session_id)
GROUP BY target, trace_id, span_id, session_id
ORDER BY raters DESC, cityHash64(trace_id, span_id, session_id)
LIMIT {rows:UInt64}
