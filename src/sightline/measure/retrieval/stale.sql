-- Searches of an index that had been replaced: a version of the same retriever that first came later had been there for an hour.
SELECT sumIf(s.weight, s.is_stale) AS stale, sum(s.weight * s.weight) AS squared, sum(s.weight) AS known,
  arraySlice(arrayDistinct(groupArrayIf(20)(s.trace_id, s.is_stale)), 1, 5) AS trace_ids
FROM (
  SELECT s.*, arrayExists(
    (stage, version, first) -> stage = s.stage AND first > s_first AND first + 3600000000000 <= toUnixTimestamp64Nano(s.start),
    {stages:Array(String)}, {versions:Array(String)}, {firsts:Array(Int64)}) AS is_stale
  FROM (
    SELECT *, arrayFirst((first, st, version) -> st = stage AND version = index_version, {firsts:Array(Int64)}, {stages:Array(String)}, {versions:Array(String)}) AS s_first
    FROM $spans
    WHERE index_version IS NOT NULL
  ) AS s
) AS s
