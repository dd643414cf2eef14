-- Requests by how they ended, and failures that nobody reported.
SELECT any(c.said) AS labels, sum(c.weight) AS n
FROM (
  SELECT if(cityHash64(own) IN {known:Array(UInt64)}, own, {other:Array(String)}) AS said, weight
  FROM (SELECT *, $labels AS own FROM spans WHERE $window AND settled AND $which)
) AS c
GROUP BY cityHash64(c.said)
