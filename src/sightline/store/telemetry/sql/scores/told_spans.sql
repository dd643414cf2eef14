-- OpenInference's annotations and evaluations in a span's attributes: of the span itself, of its trace, of its session.
INSERT INTO scores_arriving (place, project, target, trace_id, span_id, session_id, name, source, author, type, value, label, explanation, metadata, received)
SELECT toUInt32(rowNumberInAllBlocks()), project, multiIf(startsWith(stem, 'trace.'), 'trace', startsWith(stem, 'session.'), 'session', 'span') AS said_of,
  if(said_of = 'session', '', trace_id), if(said_of = 'span', span_id, ''), if(said_of = 'session', ifNull(session_id, ''), ''),
  substring(attr_string[concat(stem, 'name')], 1, 200),
  transform(upper(attr_string[concat(stem, 'annotator_kind')]), ['HUMAN', 'LLM', 'CODE'], ['person', 'judge', 'code'], 'external'),
  if(attr_string[concat(stem, 'identifier')] != '', substring(attr_string[concat(stem, 'identifier')], 1, 200), scope_name),
  if(value IS NULL, 'categorical', 'numeric'), value, label, attr_string[concat(stem, 'explanation')],
  if(attr_string[concat(stem, 'metadata')] = '', map(), map('metadata', substring(attr_string[concat(stem, 'metadata')], 1, 2000))), received
FROM (
  SELECT project, trace_id, span_id, session_id, scope_name, received, attr_string, substring(name_key, 1, length(name_key) - 4) AS stem,
    multiIf(mapContains(attr_double, concat(stem, 'score')), toNullable(attr_double[concat(stem, 'score')]),
      mapContains(attr_int, concat(stem, 'score')), toFloat64(attr_int[concat(stem, 'score')]), NULL) AS said_value,
    if(isFinite(said_value), said_value, NULL) AS value, nullIf(substring(attr_string[concat(stem, 'label')], 1, 200), '') AS label
  FROM spans
  ARRAY JOIN arrayFilter(k -> match(k, '^(?:trace\\.|session\\.)?(?:annotations|evaluations)\\.\\d+\\.(?:annotation|evaluation)\\.name$'), mapKeys(attr_string)) AS name_key
  WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets) AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
    -- they are numbered from 0
    AND hasAny(mapKeys(attr_string), ['annotations.0.annotation.name', 'evaluations.0.evaluation.name', 'trace.annotations.0.annotation.name',
      'trace.evaluations.0.evaluation.name', 'session.annotations.0.annotation.name', 'session.evaluations.0.evaluation.name'])
)
WHERE attr_string[concat(stem, 'name')] != '' AND (value IS NOT NULL OR label IS NOT NULL) AND NOT (startsWith(stem, 'session.') AND session_id IS NULL)
