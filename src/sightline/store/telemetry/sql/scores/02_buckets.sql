-- Where the scored traces lie, so that their spans are found by primary key: of a trace that lasts for weeks, its first.
CREATE OR REPLACE TEMPORARY TABLE scores_buckets ENGINE = Memory AS
SELECT DISTINCT arrayJoin(arrayMap(i -> toStartOfFiveMinutes(first) + toIntervalMinute(5 * i), range(toUInt32(least(2016, 1 + intDiv(dateDiff('second', toStartOfFiveMinutes(first), last), 300)))))) AS bucket
FROM (
  SELECT min(min_start) AS first, max(max_start) AS last
  FROM trace_index
  WHERE (project, trace_id) IN (SELECT project, trace_id FROM scores_arriving WHERE trace_id != '')
  GROUP BY project, trace_id
)
