-- OpenTelemetry's gen_ai.evaluation.result, as span event or log record, on the span or trace that it belongs to; one that only names the
-- answer's id, on the call that gave this answer.
INSERT INTO scores_arriving (place, project, target, trace_id, span_id, name, source, author, type, value, label, explanation, received)
SELECT toUInt32(rowNumberInAllBlocks()), e.project, if(e.span_id != '' OR e.trace_id = '', 'span', 'trace'), if(e.trace_id = '', c.call_trace_id, e.trace_id),
  if(e.trace_id = '', c.call_span_id, e.span_id), e.name, 'external', e.scope_name, if(e.value IS NULL, 'categorical', 'numeric'), e.value, e.label, e.explanation, e.received
FROM (
  SELECT project, trace_id, span_id, substring(attr_string['gen_ai.evaluation.name'], 1, 200) AS name, scope_name, received,
    multiIf(mapContains(attr_double, 'gen_ai.evaluation.score.value'), toNullable(attr_double['gen_ai.evaluation.score.value']),
      mapContains(attr_int, 'gen_ai.evaluation.score.value'), toFloat64(attr_int['gen_ai.evaluation.score.value']), NULL) AS said_value,
    if(isFinite(said_value), said_value, NULL) AS value,
    nullIf(substring(attr_string['gen_ai.evaluation.score.label'], 1, 200), '') AS label,
    substring(attr_string['gen_ai.evaluation.explanation'], 1, 20000) AS explanation,
    attr_string['gen_ai.response.id'] AS response_id
  FROM events
  WHERE toStartOfFiveMinutes(received) >= toStartOfFiveMinutes(fromUnixTimestamp64Nano({after_ns:Int64}, 'UTC')) AND received > fromUnixTimestamp64Nano({after_ns:Int64}, 'UTC')
    AND received <= fromUnixTimestamp64Nano({until_ns:Int64}, 'UTC') AND events.name = 'gen_ai.evaluation.result'
) AS e
LEFT ANY JOIN (
  SELECT toString(project) AS call_project, response_id, trace_id AS call_trace_id, span_id AS call_span_id FROM call_index
  WHERE (project, response_id) IN (
    SELECT project, attr_string['gen_ai.response.id'] FROM events
    WHERE received > fromUnixTimestamp64Nano({after_ns:Int64}, 'UTC') AND received <= fromUnixTimestamp64Nano({until_ns:Int64}, 'UTC')
      AND events.name = 'gen_ai.evaluation.result' AND trace_id = '')
) AS c ON toString(e.project) = c.call_project AND e.response_id = c.response_id
WHERE e.name != '' AND (e.value IS NOT NULL OR e.label IS NOT NULL) AND (e.trace_id != '' OR c.call_trace_id != '')
