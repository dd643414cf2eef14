-- The same span in several requests: the last received stays, the others are listed for removal.
INSERT INTO settling_duplicates
SELECT {plan:UInt64}, project, trace_id, span_id, partition_id, block_number, block_offset, toStartOfMinute(received), key_id, winner_received
FROM (
  SELECT project, trace_id, span_id, _partition_id AS partition_id, _block_number AS block_number, _block_offset AS block_offset, received, key_id,
    row_number() OVER w AS place, first_value(received) OVER w AS winner_received
  FROM spans
  WHERE toStartOfFiveMinutes(start) IN (SELECT bucket FROM settling_buckets)
    AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
  WINDOW w AS (PARTITION BY project, trace_id, span_id ORDER BY received DESC, _partition_id DESC, _block_number DESC, _block_offset DESC
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
WHERE place > 1
