INSERT INTO scores (project, id, target, trace_id, span_id, session_id, name, source, author, version, type, value, label, explanation, confidence, probability,
  metadata, cost_usd, latency_ns, judge_trace_id, start, received, task, model, prompt_version, tenant, release, environment, service, index_version, settled,
  written, retention)
SELECT project, id, target, trace_id, span_id, session_id, name, source, author, version, type, value, label, explanation, confidence, probability,
  metadata, cost_usd, latency_ns, judge_trace_id, start, received, task, model, prompt_version, tenant, release, environment, service, index_version, settled,
  {written:UInt64}, {retention:UInt16}
FROM scores_ready
