-- Models in use whose usage is known and whose price is not, busiest first. `looked_up`: the price list knows the name; `rules`: how many
-- rules it has for it.
SELECT
  c.kind AS kind, c.provider AS provider, c.model AS model,
  sum(c.weight) AS calls, sum(c.weight * c.input_tokens) AS input_tokens, sum(c.weight * c.output_tokens) AS output_tokens,
  toUnixTimestamp64Nano(min(c.start)) AS first_ns, toUnixTimestamp64Nano(max(c.start)) AS last_ns,
  max(p.known) AS looked_up, max(p.rule_count) AS rules
FROM $calls AS c
LEFT ANY JOIN (
  SELECT kind, provider, model, request_model, true AS known, countIf(price != '') AS rule_count
  FROM prices
  WHERE catalogue = (SELECT argMax(catalogue, resolved) FROM prices)
  GROUP BY kind, provider, model, request_model
) AS p ON c.kind = p.kind AND c.priced_provider = p.provider AND c.priced_model = p.model AND c.priced_request = p.request_model
WHERE c.unpriced
GROUP BY c.kind, c.provider, c.model
ORDER BY calls DESC, kind, provider, model
LIMIT {rows:UInt64}
