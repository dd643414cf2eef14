-- Calls that may have taken several tries: LLM calls of one stage of one step, tried until one succeeded or all were given up. `models` are those that were
-- tried, one after the other, the same one again counting once; `waited_ns` is what passed until the last try began.
(SELECT
  trace_id, weight, task, stage,
  length(run) AS attempts,
  arrayCompact(arrayMap(c -> c.model, run)) AS models,
  NOT run[-1].failed AS succeeded,
  run[-1].start_ns - run[1].start_ns AS waited_ns,
  run[1].error_type AS first_error,
  run[1].start_ns AS start_ns
FROM (
  SELECT trace_id, weight, task, stage,
    arrayJoin(arraySplit(c -> c.attempt <= 1, arraySort(c -> c.start_ns, calls))) AS run
  FROM (
    SELECT trace_id, any(weight) AS weight, any(task) AS task, stage,
      groupArray(CAST((toUnixTimestamp64Nano(start), ifNull(attempt, 1), ifNull(coalesce(request_model, model), ''), failed, ifNull(toString(error_type), '')),
        'Tuple(start_ns Int64, attempt UInt16, model String, failed Bool, error_type String)')) AS calls
    FROM $spans
    WHERE kind = 'llm' AND trace_id IN (SELECT trace_id FROM $spans WHERE kind = 'llm' AND attempt > 1)
    GROUP BY trace_id, parent_span_id, stage
  )
))
