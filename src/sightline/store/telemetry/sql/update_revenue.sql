-- What a request earns by the list, where its root does not say: the last rule that holds.
UPDATE spans SET revenue_usd = arrayLast(r -> match(ifNull(toString(task), ''), r.1) AND match(ifNull(toString(tenant), ''), r.2) AND start >= r.4 AND start < r.5,
  (SELECT arrayPushFront(arrayMap(x -> (x.2, x.3, toNullable(x.4), x.5, x.6), arraySort(groupArray((rank, task, tenant, usd, valid_from, valid_to)))),
    ('', '', CAST(NULL, 'Nullable(Float64)'), toDateTime(0, 'UTC'), toDateTime(4294967295, 'UTC'))) FROM revenue_rules)).3
WHERE {{which}} AND parent_span_id IS NULL AND revenue_usd IS NULL
