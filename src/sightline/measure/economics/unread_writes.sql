-- Money spent on cache writes that no later call read within the lifetime: a later call with the same model and prompt (its name and
-- version, else the configuration's fingerprint, else the session) that read anything at all clears the write, so this is the least it can be.
-- Writes younger than the lifetime are not judged yet. Readers are looked for past the filter and past the window's end.
SELECT w.group_key AS group_key, w.is_now AS is_now, sum(w.weight * w.cache_write_cost_usd) AS usd, sum(w.weight * w.cache_write_tokens) AS tokens
FROM (
  SELECT
    $groups,
    start, start >= $from AS is_now, weight, cache_write_tokens, cache_write_cost_usd,
    ($filter) AND start < $to AS asked,
    min(if(cache_read_tokens > 0, start, NULL)) OVER (
      PARTITION BY provider, model,
        multiIf(prompt_name IS NOT NULL, concat('p', prompt_name, ' ', ifNull(prompt_version, '')), config_hash IS NOT NULL, concat('c', config_hash),
          session_id IS NOT NULL, concat('s', session_id), '')
      ORDER BY start DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS next_read
  FROM spans
  WHERE project = {project:String} AND $window AND usage_counted AND kind IN ('llm', 'embedding') AND input_tokens IS NOT NULL
    AND (cache_write_tokens > 0 OR cache_read_tokens > 0)
) AS w
WHERE w.asked AND w.cache_write_tokens > 0 AND w.start < $judged
  AND (w.next_read IS NULL OR w.next_read > w.start + toIntervalNanosecond({lifetime_ns:Int64}))
GROUP BY w.group_key, w.is_now
