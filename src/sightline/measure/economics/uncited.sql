-- Retrieved documents that no answer of their request shows a trace of: neither their id nor 32 bytes of their text in a row. Their part
-- of the prompts that carried them is what they cost. Of a task in which no document was ever found in an answer nothing is said:
-- its answers may simply not quote.
SELECT
  sumIf(u.weight * u.price, u.cites) AS usd,
  sumIf(u.weight * u.price, u.cites AND (u.trace_id, u.span_id) NOT IN (SELECT trace_id, span_id FROM $flagged WHERE first_kind > 0)) AS first_usd,
  sumIf(u.weight * u.unused, u.cites) AS tokens, sumIf(u.weight, u.cites AND u.unused > 0) AS calls,
  uniqExactIf(u.trace_id, u.cites AND u.unused > 0) * avg(u.weight) AS requests, sum(u.weight * u.input_tokens) AS input_tokens,
  groupArraySortedIf(30)((-u.unused, u.trace_id), u.cites AND u.unused > 0) AS dearest
FROM (
  SELECT p.trace_id AS trace_id, p.span_id AS span_id, p.weight AS weight, assumeNotNull(p.input_tokens) AS input_tokens,
    max(arraySum(d.cited) > 0) OVER (PARTITION BY ifNull(p.task, '')) AS cites,
    arraySum((body, cited) -> if(NOT cited AND position(p.text, substring(body, 1, 64)) > 0, length(body), 0), d.texts, d.cited) AS unused_bytes,
    input_tokens * least(1, unused_bytes / p.text_bytes) AS unused,
    unused * p.input_usd AS price
  FROM (SELECT * FROM $prompts WHERE is_now) AS p
  ANY INNER JOIN (
    SELECT q.trace_id AS trace_id, q.documents.2 AS texts,
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
            arrayMap(k -> (content[concat(left(k, length(k) - 7), 'id')], content[k]), arrayFilter(k -> match(k, '^(retrieval[.]|reranker[.]output_)documents[.][0-9]+[.]document[.]content$$'), mapKeys(content)))
          )) AS found
        FROM payloads
        WHERE project = {project:String} AND $received AND trace_id IN (SELECT trace_id FROM $calls AS n)
          AND arrayExists(k -> k = 'gen_ai.retrieval.documents' OR startsWith(k, 'retrieval.documents.') OR startsWith(k, 'reranker.output_documents.'), mapKeys(content))
      )
      GROUP BY trace_id
    ) AS q
    ANY INNER JOIN (
      SELECT trace_id, arrayStringConcat(groupArrayArray(mapValues(mapFilter((k, v) -> k IN ('gen_ai.output.messages', 'output.value', 'ai.response.text', 'ai.response.object', 'langfuse.observation.output')
        OR startsWith(k, 'llm.output_messages.') OR startsWith(k, 'gen_ai.completion.'), content))), '\n') AS answer
      FROM payloads
      WHERE project = {project:String} AND $received AND (trace_id, span_id) IN (SELECT trace_id, span_id FROM $calls AS n)
      GROUP BY trace_id
    ) AS o ON q.trace_id = o.trace_id
    WHERE o.answer != ''
  ) AS d ON p.trace_id = d.trace_id
) AS u
