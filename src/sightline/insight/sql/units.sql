-- The units of both sides of a question, once, as the engine keeps them: value, weight, time and the dimensions asked about.
CREATE TABLE units ENGINE = Memory AS
SELECT
    row,
    after,
    ifNull(toFloat64(value_asked), nan) AS value,
    ifNull(toFloat64(weight_asked), 0.) AS weight,
    hour,
    $kept
FROM (
    SELECT
        rowNumberInAllBlocks() AS row,
        ifNull($changed, 0) AS after,
        $value AS value_asked,
        $weight AS weight_asked,
        $hour AS hour,
        $columns
    FROM file({file:String}, {format:String})
    WHERE (ifNull($reference, 0) OR ifNull($changed, 0)) AND ifNull($where, 0)
    SETTINGS max_threads = 1 -- rows are numbered in the file's order
)
WHERE isFinite(value) AND isFinite(weight) AND weight > 0
