-- Units as numbers: a code for each dimension value that has a name, 0 for the rest. At most so many of each side, drawn by a hash.
SELECT
    toUInt8(after) AS after,
    toUInt8(sipHash64(row) % 2) AS half,
    toFloat64(value) AS value,
    toFloat64(weight) AS weight,
    toInt32(hour) AS hour,
    $extra
    $codes
FROM units
WHERE sipHash64(row, 'sample') % 1000000 < if(after, {share_after:UInt32}, {share_before:UInt32})
ORDER BY row
