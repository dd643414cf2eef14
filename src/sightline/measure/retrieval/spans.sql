-- Searches that succeeded, with their groups and what they say of themselves. Read inside every question of this folder.
(
  SELECT trace_id, span_id, kind, start, received, weight, stage, index_version, query, document_count, top_score, mean_score, $groups
  FROM $source AND settled AND kind = {kind:String} AND status != 'error'
)
