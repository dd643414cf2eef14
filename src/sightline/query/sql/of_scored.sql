-- Rows with the score of one name beside them.
$rows
LEFT ANY JOIN (
$scores
) AS s$number ON $on
