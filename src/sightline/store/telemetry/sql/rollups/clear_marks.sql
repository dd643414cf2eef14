DELETE FROM rollup_dirty WHERE (project, hour) IN (SELECT project, hour FROM rollup_due)
