-- Scores that are there already under the same identity: they stand where their target does, or where they came before it.
INSERT INTO scores_superseded
SELECT project, name, id FROM scores
WHERE project IN (SELECT project FROM scores_ready) AND name IN (SELECT name FROM scores_ready) AND start IN (SELECT start FROM scores_ready)
  AND id IN (SELECT id FROM scores_ready)
UNION ALL
SELECT project, name, id FROM scores
WHERE project IN (SELECT project FROM scores_ready) AND name IN (SELECT name FROM scores_ready) AND NOT settled
  AND id IN (SELECT id FROM scores_ready)
