-- Content of the copies that go: the last received stays.
DELETE FROM payloads WHERE (_partition_id, _block_number, _block_offset) IN (
  SELECT p, n, o FROM (
    SELECT y._partition_id AS p, y._block_number AS n, y._block_offset AS o, y.received AS received, d.winner_received AS winner_received,
      row_number() OVER (PARTITION BY y.project, y.trace_id, y.span_id ORDER BY y.received DESC, y._block_number DESC, y._block_offset DESC) AS place
    FROM payloads AS y
    INNER JOIN (SELECT DISTINCT project, trace_id, span_id, winner_received FROM settling_duplicates WHERE plan = {plan:UInt64}) AS d
      ON y.project = d.project AND y.trace_id = d.trace_id AND y.span_id = d.span_id
    WHERE (y.project, y.trace_id) IN (SELECT project, trace_id FROM settling_duplicates WHERE plan = {plan:UInt64})
  )
  WHERE received != winner_received OR place > 1
)
