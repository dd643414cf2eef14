-- Quantiles of each group on a fine grid of levels.
SELECT v.group_key AS group_key, $quantiles AS at
FROM $values AS v
WHERE v.group_key IN {keys:Array(UInt64)}
GROUP BY v.group_key
