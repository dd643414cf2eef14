-- What the newest prompts say that waste is found by, one row a call: the fingerprint of the question as it was put (`same`), the part of
-- it that is system instructions and tools (`head`), and how much of it is retrieved text that no answer shows (`unused`).
SELECT p.trace_id AS trace_id, p.span_id AS span_id, p.start AS start, p.is_now AS is_now, p.weight AS weight, p.task AS task,
  p.status = 'error' AS failed, toFloat64(assumeNotNull(p.input_tokens)) AS input_tokens, assumeNotNull(p.read) AS read, p.input_usd AS input_usd,
  sipHash128(ifNull(p.provider, ''), ifNull(p.model, ''), ifNull(toString(p.temperature), ''), ifNull(toString(p.max_tokens), ''), p.text, p.text_bytes) AS same,
  input_tokens * (length(p.tools) + length(p.system) + p.leading_system_bytes) / p.text_bytes AS head,
  notEmpty(d.texts) AS has_documents, arraySum(d.cited) > 0 AS cited_any,
  arraySum((body, cited) -> if(NOT cited AND position(p.text, substring(body, 1, 64)) > 0, length(body), 0), d.texts, d.cited) AS unused_bytes,
  input_tokens * least(1, unused_bytes / p.text_bytes) AS unused
FROM $prompts AS p
LEFT ANY JOIN $retrieved AS d ON p.trace_id = d.trace_id
