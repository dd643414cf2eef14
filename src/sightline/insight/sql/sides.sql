-- How many units stand on each side.
SELECT countIf(NOT after), countIf(after) FROM units
