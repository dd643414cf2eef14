-- One row a value that is known: of settled requests, or of settled spans.
(SELECT * EXCEPT (settled)
FROM (SELECT $groups, toFloat64($value) AS value, weight, start, trace_id, settled FROM $source)
WHERE settled AND isNotNull(value))
