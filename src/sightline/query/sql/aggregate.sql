-- Measures by groups. Columns are numbered: the texts that were asked for never enter the SQL.
SELECT $columns
FROM $source
$grouping
ORDER BY $order
LIMIT {rows:UInt64}
