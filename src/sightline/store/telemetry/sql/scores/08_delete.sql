-- Forerunners go, the last written stays.
DELETE FROM scores WHERE project IN (SELECT project FROM scores_superseded) AND name IN (SELECT name FROM scores_superseded)
  AND id IN (SELECT id FROM scores_superseded)
  AND (id, written) NOT IN (
    SELECT id, max(written) FROM scores
    WHERE project IN (SELECT project FROM scores_superseded) AND name IN (SELECT name FROM scores_superseded) AND id IN (SELECT id FROM scores_superseded)
    GROUP BY id
  )
