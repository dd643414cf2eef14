-- Pointer jumping: after step n every span has asked its 2^n nearest ancestors, the nearest first.
INSERT INTO settling_spans
SELECT {step:UInt8}, s.project, s.trace_id, s.span_id, if(s.ancestor = '', '', a.ancestor) AS next, coalesce(s.near, a.near),
  coalesce(s.task, a.task), coalesce(s.environment, a.environment), coalesce(s.release, a.release), coalesce(s.feature, a.feature),
  coalesce(s.user_id, a.user_id), coalesce(s.session_id, a.session_id), coalesce(s.tenant, a.tenant)
FROM (SELECT * FROM settling_spans WHERE step = {step:UInt8} - 1) AS s
LEFT ANY JOIN (SELECT * FROM settling_spans WHERE step = {step:UInt8} - 1) AS a
  ON s.project = a.project AND s.trace_id = a.trace_id AND s.ancestor = a.span_id
