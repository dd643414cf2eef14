-- Money that bought nothing, by kinds in the order in which a call that fits several of them is counted (`first`). Of a task in which no document was ever found in an answer nothing is said: its answers may simply not quote.
SELECT
  w.kind AS kind,
  sum(c.weight * w.usd) AS usd, sumIf(c.weight * w.usd, w.first) AS first_usd,
  sum(c.weight) AS calls, uniqExact(c.trace_id) * avg(c.weight) AS requests, CAST(NULL, 'Nullable(Float64)') AS share,
  groupArraySorted(30)((-ifNull(w.usd, 0), c.trace_id)) AS dearest
FROM flagged AS c
ARRAY JOIN arrayMap((k, i) -> (k.kind, ifNull(k.fits, false), k.usd, i = c.first_kind)::Tuple(kind String, fits Bool, usd Nullable(Float64), first Bool),
  c.kinds, arrayEnumerate(c.kinds)) AS w
WHERE w.fits
GROUP BY kind
UNION ALL
SELECT 'system_prompt',
  sum(h.weight * h.uncached_head * h.input_usd), 0.,
  sumIf(h.weight, h.head > 0), uniqExactIf(h.trace_id, h.head > 0) * avg(h.weight), sum(h.weight * h.uncached_head) / sum(h.weight * h.input_tokens),
  groupArraySortedIf(30)((-h.head, h.trace_id), h.head > 0)
FROM (SELECT *, greatest(0, head - read) AS uncached_head FROM read_prompts WHERE is_now) AS h  -- the cache holds the head first
HAVING count() > 0
UNION ALL
SELECT 'uncited_documents',
  sumIf(u.weight * u.unused * u.input_usd, u.cites),
  sumIf(u.weight * u.unused * u.input_usd, u.cites AND (u.trace_id, u.span_id) NOT IN (SELECT trace_id, span_id FROM flagged)),
  sumIf(u.weight, u.cites AND u.unused > 0), uniqExactIf(u.trace_id, u.cites AND u.unused > 0) * avg(u.weight),
  sumIf(u.weight * u.unused, u.cites) / sum(u.weight * u.input_tokens),
  groupArraySortedIf(30)((-u.unused, u.trace_id), u.cites AND u.unused > 0)
FROM (SELECT *, max(cited_any) OVER (PARTITION BY ifNull(task, '')) AS cites FROM read_prompts WHERE is_now AND has_documents) AS u
HAVING count() > 0
