-- Sessions whose last request, as far as is known by now, began in the window: looked at as a whole, a day to either side of it.
-- `unanswered`: that request failed, or was cancelled, or an answer of it came back empty; `open`: it is too recent to tell.
SELECT
  count() AS sessions,
  countIf(open) AS open_sessions,
  countIf(NOT open AND unanswered) AS abandoned,
  countIf(NOT open AND failed_last) AS abandoned_failed, countIf(NOT open AND NOT failed_last AND empty_last) AS abandoned_empty,
  quantilesExactInclusiveOrNullIf(0.5, 0.95)(turns, NOT open) AS turns_quantiles, avgOrNullIf(turns, NOT open) AS turns_mean, maxIf(turns, NOT open) AS turns_max,
  quantilesExactInclusiveOrNullIf(0.5, 0.95)(took_ns, NOT open AND NOT unanswered) AS took_quantiles, countIf(NOT open AND NOT unanswered) AS resolved,
  arrayMap(x -> (x.2, x.3), groupArraySortedIf(20)((-last_ns, session_id, last_trace), NOT open AND unanswered)) AS abandoned_sessions
FROM (
  SELECT session_id, uniqExact(trace_id) AS turns,
    max(toUnixTimestamp64Nano(start)) AS last_ns, argMax(trace_id, start) AS last_trace,
    argMax(status = 'error', start) AS failed_last,
    argMax(trace_id IN (
      SELECT trace_id FROM spans
      WHERE project = {project:String} AND $near AND (silent_failure = 'empty_output' OR (error_type = 'cancelled' AND streamed))), start) AS empty_last,
    failed_last OR empty_last AS unanswered,
    max(toUnixTimestamp64Nano(start) + toInt64(least(ifNull(duration_ns, 0), 3000000000000000000))) AS end_ns,
    end_ns - min(toUnixTimestamp64Nano(start)) AS took_ns,
    end_ns + {quiet_ns:Int64} > {now_ns:Int64} AS open
  FROM traces
  WHERE project = {project:String} AND session_id IS NOT NULL AND $around AND $filter
  GROUP BY session_id
  HAVING last_ns >= {from_ns:Int64} AND last_ns < {to_ns:Int64}
)
