-- Units that judge and people spoke of, a row a rating, the latest first. `probability` 0: nobody knows how it was chosen.
SELECT v.group_key AS group_key, if(v.counted, $period, NULL) AS period, v.version AS version, v.said AS judge, r.human AS human, r.rater AS rater,
  v.weight AS weight, r.probability AS probability, r.drawn AS drawn, count() OVER (PARTITION BY target, trace_id, span_id, session_id) AS raters,
  cityHash64(target, trace_id, span_id, session_id) AS unit, cityHash64(if(session_id != '' , session_id, trace_id)) AS cluster,
  toUnixTimestamp64Nano(r.labelled) AS labelled_ns, toUnixTimestamp64Nano(v.start) AS start_ns
FROM verdicts AS v
INNER JOIN ratings AS r USING (target, trace_id, span_id, session_id)
ORDER BY labelled_ns DESC, unit, rater
LIMIT {rows:UInt64}
