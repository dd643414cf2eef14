-- A parent's children by the time they ended, the last first, on the parent's clock: `until` is where a child stops being the last one
-- running, so that what several did at once is counted once. A child of another service that lies wholly outside its parent is an error of
-- clocks: it moves to the parent's middle, and what it encloses with it. What hangs nowhere hangs at the root, where it lies.
INSERT INTO settling_children
SELECT holder, sum(greatest(0, least(until, holder_ns) - greatest(first, 0))), groupArray((span, first, until))
FROM (
  SELECT span, holder, holder_ns, first, least(last, ifNull(min(toNullable(first)) OVER w, last)) AS until
  FROM (
    SELECT n.span AS span, n.span_id AS span_id,
      p.span = 0 AS is_loose,
      if(is_loose, r.root, p.span) AS holder,
      if(is_loose, r.duration_ns, p.duration_ns) AS holder_ns,
      n.start_ns - if(is_loose, r.start_ns, p.start_ns) AS said,
      if(NOT is_loose AND n.service != p.service AND (said + n.duration_ns <= 0 OR said >= p.duration_ns),
        greatest(0, intDiv(p.duration_ns - n.duration_ns, 2)), said) AS first,
      first + n.duration_ns AS last
    FROM settling_nodes AS n
    LEFT ANY JOIN settling_nodes AS p ON n.parent = p.span
    LEFT ANY JOIN settling_roots AS r ON n.trace = r.trace
    WHERE holder != 0 AND holder != n.span
      AND NOT (n.is_transport AND p.is_call AND n.span NOT IN (SELECT parent FROM settling_nodes))
  )
  WINDOW w AS (PARTITION BY holder ORDER BY last DESC, first, span_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
WHERE first < until
GROUP BY holder
