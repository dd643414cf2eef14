-- The values at given ranks of each group, the smallest being 1.
SELECT v.group_key AS group_key,
  arrayMap((values, ranks) -> arrayMap(rank -> values[rank], ranks), [arraySort(groupArray(v.value))], [{ranks:Array(Array(UInt64))}[indexOf({keys:Array(UInt64)}, v.group_key)]])[1] AS at
FROM $values AS v
WHERE v.group_key IN {keys:Array(UInt64)}
GROUP BY v.group_key
