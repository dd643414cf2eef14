-- How many values lie in each piece of time and each bin of a logarithmic scale; what is 0 or less has the bin below all.
SELECT intDiv(toUnixTimestamp64Nano(v.start), {width:Int64}) AS time,
  if(v.value > 0, toInt32(floor(log10(greatest(v.value, 1e-12)) * {bins:UInt32} + 1e-9)), -1000) AS bin, sum(v.weight) AS n
FROM $values AS v
GROUP BY time, bin
ORDER BY time, bin
LIMIT {rows:UInt64}
