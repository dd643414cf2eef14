-- What the judge said, a row a unit; of several versions the newest, of a unit said twice the last. `counted`: whether it lies in the window; beside those there are the
-- units outside it that people labelled, from which one learns what a verdict means.
SELECT target, trace_id, span_id, session_id, $groups, version, assumeNotNull($said) AS said, start, $counted AS counted,
  if(probability > 0, 1 / assumeNotNull(probability), 1) AS weight
FROM $source AND name = {name:String} AND source = {source:String} AND ({author:String} = '' OR author = {author:String})
  AND ({version:String} = '' OR version = {version:String}) AND $said IS NOT NULL
  AND (counted OR (target, trace_id, span_id, session_id) IN (SELECT target, trace_id, span_id, session_id FROM ratings))
ORDER BY toUInt32OrZero(version) DESC, received DESC
LIMIT 1 BY target, trace_id, span_id, session_id
