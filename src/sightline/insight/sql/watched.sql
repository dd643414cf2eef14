-- Requests as they are watched: the hour, the dimensions, and every signal's value where it has one.
CREATE TABLE watched ENGINE = Memory AS
SELECT toInt32(ifNull($hour, 0)) AS hour, $columns
FROM file({file:String}, {format:String})
