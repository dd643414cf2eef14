-- A session has the facts of its first request, and the model that all of them have.
INSERT INTO scores_targets
SELECT toString(t.project), '', '', assumeNotNull(t.session_id), min(t.start), min(t.settled), argMin(t.task, t.start),
  if(length(groupUniqArrayArray(t.models)) = 1, toString(groupUniqArrayArray(t.models)[1]), NULL), NULL, argMin(t.tenant, t.start), argMin(t.release, t.start),
  argMin(t.environment, t.start), argMin(t.service, t.start), NULL
FROM traces AS t
WHERE t.project IN (SELECT project FROM scores_arriving) AND t.session_id IN (SELECT session_id FROM scores_arriving WHERE session_id != '')
GROUP BY t.project, t.session_id
