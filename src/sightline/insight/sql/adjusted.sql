-- The same with what a request's kind leads one to expect, and the departure from it.
CREATE TABLE adjusted ENGINE = Memory AS
SELECT hour, $dimensions, $columns
FROM watched
