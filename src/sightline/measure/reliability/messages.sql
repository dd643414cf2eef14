-- What was said most often: numbers and ids in it are one '#', so that the same complaint counts as one.
SELECT
  s.error_type AS error_type,
  replaceRegexpAll(substringUTF8(ifNull(s.status_message, ''), 1, 300), '[0-9a-fA-F-]{16,}|[0-9]+([.][0-9]+)?', '#') AS message,
  sum(s.weight) AS cases, uniqExact(s.trace_id) AS traces,
  topK(3)(s.stage) AS stages, topKIf(3)(ifNull(coalesce(s.request_model, s.model), ''), coalesce(s.request_model, s.model) IS NOT NULL) AS models,
  toUnixTimestamp64Nano(min(s.start)) AS first_ns, toUnixTimestamp64Nano(max(s.start)) AS last_ns,
  any(s.status_message) AS example,
  arraySlice(arrayDistinct(arrayMap(x -> x.2, groupArraySorted(25)((-toUnixTimestamp64Nano(s.start), s.trace_id)))), 1, 5) AS trace_ids
FROM $spans AS s
WHERE s.origin
GROUP BY error_type, message
ORDER BY cases DESC, message
LIMIT {rows:UInt64}
