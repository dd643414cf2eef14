-- The longest wait between two chunks of an answer, where a tracer tells of every chunk.
INSERT INTO settling_stalls
SELECT reinterpretAsUInt128(sipHash128(project, trace_id, span_id)), arrayMax(arrayDifference(arraySort(groupArray(time_ns))))
FROM events
WHERE source = 'span' AND name IN ('gen_ai.content.completion.chunk', 'llm.content.completion.chunk')
  AND (project, trace_id) IN (SELECT project, trace_id FROM settling_traces)
  AND toStartOfFiveMinutes(received) IN (
    SELECT arrayJoin([toStartOfFiveMinutes(min_received), toStartOfFiveMinutes(max_received)]) FROM trace_arrivals
    WHERE (project, trace_id) IN (SELECT project, trace_id FROM settling_traces))
GROUP BY project, trace_id, span_id
HAVING count() > 1
