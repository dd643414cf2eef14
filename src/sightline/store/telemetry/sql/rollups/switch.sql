INSERT INTO rollup_builds SELECT project, hour, build FROM rollup_due
