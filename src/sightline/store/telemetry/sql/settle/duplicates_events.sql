-- Events of the copies that go; of equal events that came in one request, one stays.
DELETE FROM events WHERE (_partition_id, _block_number, _block_offset) IN (
  SELECT p, n, o FROM (
    SELECT e._partition_id AS p, e._block_number AS n, e._block_offset AS o, e.received AS received, d.winner_received AS winner_received,
      row_number() OVER (PARTITION BY e.project, e.trace_id, e.span_id, e.received, e.time_ns, e.name, cityHash64(e.attr_string, e.attr_int, e.attr_double, e.attr_bool, e.attr_other)
        ORDER BY e._block_number, e._block_offset) AS place
    FROM events AS e
    INNER JOIN (SELECT DISTINCT project, trace_id, span_id, winner_received FROM settling_duplicates WHERE plan = {plan:UInt64}) AS d
      ON e.project = d.project AND e.trace_id = d.trace_id AND e.span_id = d.span_id
    WHERE e.source = 'span' AND (e.project, e.trace_id) IN (SELECT project, trace_id FROM settling_duplicates WHERE plan = {plan:UInt64})
  )
  WHERE received != winner_received OR place > 1
)
