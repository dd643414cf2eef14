-- Money that bought nothing, by kinds in the order in which a call that fits several of them is counted (`first`).
SELECT
  w.kind AS kind,
  sum(c.weight * w.usd) AS usd, sumIf(c.weight * w.usd, w.first) AS first_usd,
  sum(c.weight) AS calls, sumIf(c.weight, w.usd IS NULL) AS calls_without_cost,
  uniqExact(c.trace_id) * avg(c.weight) AS requests,
  groupArraySorted(30)((-ifNull(w.usd, 0), c.trace_id)) AS dearest
FROM $flagged AS c
ARRAY JOIN arrayMap((k, i) -> (k.kind, ifNull(k.fits, false), k.usd, i = c.first_kind)::Tuple(kind String, fits Bool, usd Nullable(Float64), first Bool),
  c.kinds, arrayEnumerate(c.kinds)) AS w
WHERE w.fits
GROUP BY kind
