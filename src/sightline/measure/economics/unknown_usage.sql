-- Calls that succeeded and said nothing of their usage: no price can help them.
SELECT c.kind AS kind, c.provider AS provider, c.model AS model, sum(c.weight) AS calls
FROM $calls AS c
WHERE c.unknown_usage
GROUP BY c.kind, c.provider, c.model
ORDER BY calls DESC, kind, provider, model
LIMIT {rows:UInt64}
