-- Calls whose model, prompt and parameters were those of an earlier successful call within a day, and that were sent to the provider again.
(SELECT trace_id, span_id
FROM (
  SELECT trace_id, span_id, start, lagInFrame(toNullable(start)) OVER (PARTITION BY same ORDER BY start, trace_id, span_id
    ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
  FROM read_prompts
  WHERE NOT failed
)
WHERE start - before < 86400)
