-- Walk down from each root: of a span that the response waited for from `first` to `until`, its children take what they were the last to do,
-- cut to that, and the span itself keeps the rest. So the parts of a trace sum to the root's duration. What lies deeper than the limit
-- belongs to the span above it.
INSERT INTO settling_path
WITH RECURSIVE walk AS (
  SELECT toUInt16(1) AS depth, root AS span, duration_ns AS ns,
    arrayFilter(k -> k.2 < k.3, arrayMap(c -> (c.1, greatest(c.2, 0) - c.2, least(c.3, duration_ns) - c.2), joinGet('settling_children', 'children', root))) AS kids
  FROM (SELECT span AS root, duration_ns FROM settling_nodes WHERE parent = 0 AND span = joinGet('settling_roots', 'root', trace))
  UNION ALL
  SELECT toUInt16(depth + 1), kid.1, kid.3 - kid.2,
    if(depth + 1 >= {deepest:UInt16}, [], arrayFilter(k -> k.2 < k.3,
      arrayMap(c -> (c.1, greatest(c.2, kid.2) - c.2, least(c.3, kid.3) - c.2), joinGet('settling_children', 'children', kid.1))))
  FROM walk
  ARRAY JOIN kids AS kid
)
SELECT span, ns - arraySum(k -> k.3 - k.2, kids) FROM walk
