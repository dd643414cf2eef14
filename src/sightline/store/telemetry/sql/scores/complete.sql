-- Scores whose target was not settled when they were stored: their facts are copied again. `$which` says of whom.
INSERT INTO scores_arriving
SELECT toUInt32(rowNumberInAllBlocks()), project, target, trace_id, span_id, session_id, name, source, author, version, type, value, label, explanation, confidence,
  probability, metadata, cost_usd, latency_ns, judge_trace_id, received
FROM (SELECT * FROM scores WHERE NOT settled AND $which ORDER BY received DESC LIMIT 100000)
