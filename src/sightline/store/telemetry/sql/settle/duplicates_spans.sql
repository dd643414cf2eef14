DELETE FROM spans WHERE (_partition_id, _block_number, _block_offset) IN (
  SELECT partition_id, block_number, block_offset FROM settling_duplicates WHERE plan = {plan:UInt64})
