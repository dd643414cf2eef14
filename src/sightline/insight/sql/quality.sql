-- Verdicts by segment, week, verdict and probability of being judged: how many, their weight, and what people said of them.
WITH (SELECT (toStartOfDay(min($time)), max($time)) FROM file({file:String}, {format:String})) AS span
SELECT
    $value AS segment,
    intDiv(toUnixTimestamp(toDateTime($time)) - toUnixTimestamp(toDateTime(span.1)), 604800) AS week,
    toUInt8($judge) AS verdict,
    round($judge_p, 6) AS p,
    count() AS judged,
    sum(1 / $judge_p) AS weight,
    sum(1 / ($judge_p * $judge_p)) AS squares,
    countIf($human IS NOT NULL AND $human_at <= span.2) AS labelled,
    countIf($human AND $human_at <= span.2) AS passed
FROM file({file:String}, {format:String})
WHERE $judge IS NOT NULL AND $judge_p > 0 AND ifNull($where, 0)
GROUP BY segment, week, verdict, p
ORDER BY segment, week, verdict, p
