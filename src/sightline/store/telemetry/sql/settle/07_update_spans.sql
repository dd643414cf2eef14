-- One statement, so a reader sees a span as it arrived or settled, never half. What the span says of its own attempts stays.
-- Only the spans that inheritance has seen: one that came meanwhile waits for the next pass.
UPDATE spans SET
  task = joinGet('settling_facts', 'task', toString(project), trace_id, span_id),
  environment = joinGet('settling_facts', 'environment', toString(project), trace_id, span_id),
  release = joinGet('settling_facts', 'release', toString(project), trace_id, span_id),
  feature = joinGet('settling_facts', 'feature', toString(project), trace_id, span_id),
  user_id = joinGet('settling_facts', 'user_id', toString(project), trace_id, span_id),
  session_id = joinGet('settling_facts', 'session_id', toString(project), trace_id, span_id),
  tenant = joinGet('settling_facts', 'tenant', toString(project), trace_id, span_id),
  attempt = coalesce(attempt, joinGet('settling_facts', 'attempt', toString(project), trace_id, span_id)),
  fallback_of = coalesce(fallback_of, joinGet('settling_facts', 'fallback_of', toString(project), trace_id, span_id)),
  self_ns = duration_ns - joinGet('settling_children', 'covered_ns', reinterpretAsUInt128(sipHash128(project, trace_id, span_id))),
  critical_ns = if(joinGet('settling_roots', 'root', reinterpretAsUInt128(sipHash128(project, trace_id))) = 0, NULL,
    joinGet('settling_path', 'own_ns', reinterpretAsUInt128(sipHash128(project, trace_id, span_id)))),
  stall_ns = coalesce(stall_ns, nullIf(toUInt64(joinGet('settling_stalls', 'stall_ns', reinterpretAsUInt128(sipHash128(project, trace_id, span_id)))), 0)),
  error_origin = joinGet('settling_origins', 'error_origin', toString(project), trace_id, span_id),
  silent_failure = joinGet('settling_silent', 'silent_failure', toString(project), trace_id, span_id),
  settled = true
WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
  AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
  AND (project, trace_id, span_id) IN (SELECT project, trace_id, span_id FROM settling_spans WHERE step = 0)
