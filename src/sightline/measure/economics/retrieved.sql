-- Requests' retrieved documents, and which of them an answer of the request shows a trace of: their id or 32 bytes of their text in a row.
(SELECT q.trace_id AS trace_id, q.documents.2 AS texts,
  arrayMap(t -> (length(t.1) >= 3 AND position(o.answer, t.1) > 0)
    OR multiSearchAny(o.answer, arrayFilter(piece -> length(piece) = 32 AND piece NOT LIKE '%~~', CAST(reinterpret(rightPad(t.2, 32 * intDiv(length(t.2) + 31, 32), '~'), 'Array(FixedString(32))'), 'Array(String)'))), q.documents) AS cited
FROM (
  SELECT trace_id, groupUniqArrayArray(100)(found) AS documents
  FROM (
    SELECT trace_id,
      arrayFilter(t -> t.2 != '', arrayConcat(
        arrayMap(raw -> (coalesce(nullIf(JSONExtractString(raw, 'id'), ''), nullIf(JSONExtractString(raw, 'document', 'id'), ''), ''),
          coalesce(nullIf(JSONExtractString(raw, 'content'), ''), nullIf(JSONExtractString(raw, 'text'), ''), nullIf(JSONExtractString(raw, 'page_content'), ''),
            nullIf(JSONExtractString(raw, 'document', 'content'), ''), '')),
          JSONExtractArrayRaw(content['gen_ai.retrieval.documents'])),
        arrayMap(k -> (content[concat(left(k, length(k) - 7), 'id')], content[k]), arrayFilter(k -> (startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.')) AND endsWith(k, '.document.content'), mapKeys(content)))
      )) AS found
    FROM payloads
    WHERE project = {project:String} AND $received AND trace_id IN (SELECT trace_id FROM newest WHERE is_now)
      AND arrayExists(k -> k = 'gen_ai.retrieval.documents' OR startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.'), mapKeys(content))
  )
  GROUP BY trace_id
) AS q
ANY INNER JOIN (
  SELECT trace_id, arrayStringConcat(groupArrayArray(mapValues(mapFilter((k, v) -> k IN ('gen_ai.output.messages', 'output.value', 'ai.response.text', 'ai.response.object', 'langfuse.observation.output')
    OR startsWith(k, 'llm.output_messages.') OR startsWith(k, 'gen_ai.completion.'), content))), '\n') AS answer
  FROM payloads
  WHERE project = {project:String} AND $received AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM newest WHERE is_now UNION ALL SELECT trace_id, assumeNotNull(wrapper_span_id) FROM newest WHERE is_now AND wrapper_span_id IS NOT NULL)
  GROUP BY trace_id
) AS o ON q.trace_id = o.trace_id
WHERE o.answer != '')
