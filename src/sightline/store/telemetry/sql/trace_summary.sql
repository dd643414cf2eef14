-- Requests summed up from their spans. The root is the span without a parent (the first, should there be several); what it does not
-- say itself is the trace's only value. TTFT is the root's own, else the time from the root's start to the first token of the
-- streamed LLM span that started last. Sums go over counted spans; what nobody reported stays NULL.
WITH s.parent_span_id IS NULL AS is_root, s.kind = 'llm' AND s.usage_counted AS is_llm,
  minIf(toUnixTimestamp64Nano(s.start), is_root) AS root_start_ns,
  argMaxIf(toUnixTimestamp64Nano(s.start) + s.ttft_ns, s.start, is_llm AND s.ttft_ns IS NOT NULL) AS first_token_ns
SELECT
  s.project AS project,
  s.trace_id AS trace_id,
  argMinIf(toNullable(s.span_id), s.start, is_root) AS root_span_id,
  argMinIf(toNullable(s.name), s.start, is_root) AS name,
  argMinIf(toNullable(s.kind), s.start, is_root) AS kind,
  coalesce(argMinIf(s.task, s.start, is_root), if(min(s.task) = max(s.task), any(s.task), NULL)) AS task,
  coalesce(argMinIf(s.service, s.start, is_root), any(s.service)) AS service,
  coalesce(argMinIf(s.environment, s.start, is_root), if(min(s.environment) = max(s.environment), any(s.environment), NULL)) AS environment,
  coalesce(argMinIf(s.release, s.start, is_root), if(min(s.release) = max(s.release), any(s.release), NULL)) AS release,
  coalesce(argMinIf(s.user_id, s.start, is_root), if(min(s.user_id) = max(s.user_id), any(s.user_id), NULL)) AS user_id,
  coalesce(argMinIf(s.session_id, s.start, is_root), if(min(s.session_id) = max(s.session_id), any(s.session_id), NULL)) AS session_id,
  coalesce(argMinIf(s.tenant, s.start, is_root), if(min(s.tenant) = max(s.tenant), any(s.tenant), NULL)) AS tenant,
  coalesce(argMinIf(s.feature, s.start, is_root), if(min(s.feature) = max(s.feature), any(s.feature), NULL)) AS feature,
  min(s.start) AS start,
  max(s.start) AS last_start,
  coalesce(argMinIf(s.duration_ns, s.start, is_root),
    toUInt64(greatest(0, max(toUnixTimestamp64Nano(s.start) + ifNull(s.duration_ns, 0)) - min(toUnixTimestamp64Nano(s.start))))) AS duration_ns,
  coalesce(argMinIf(s.ttft_ns, s.start, is_root), if(max(is_root) AND first_token_ns >= root_start_ns, toUInt64(first_token_ns - root_start_ns), NULL)) AS ttft_ns,
  coalesce(argMinIf(toNullable(s.status), s.start, is_root), if(countIf(s.status = 'error') > 0, 'error', 'unset')) AS status,
  count() AS span_count,
  countIf(s.status = 'error') AS error_count,
  countIf(is_llm) AS llm_count,
  sumIf(s.input_tokens, s.usage_counted) AS input_tokens,
  sumIf(s.output_tokens, s.usage_counted) AS output_tokens,
  sumIf(s.cost_usd, s.usage_counted) AS cost_usd,
  arraySort(groupUniqArrayIf(100)(assumeNotNull(s.model), s.model IS NOT NULL AND is_llm)) AS models,
  argMinIf(s.input_preview, s.start, is_root) AS input_preview,
  argMinIf(s.output_preview, s.start, is_root) AS output_preview,
  any(s.weight) AS weight,
  max(s.received) AS received,
  any(s.retention) AS retention,
  sumIf(s.cache_read_tokens, s.usage_counted) AS cache_read_tokens,
  coalesce(argMinIf(s.revenue_usd, s.start, is_root), sum(s.revenue_usd)) AS revenue_usd,
  countIf(s.usage_counted AND s.cost_usd IS NULL AND s.input_tokens IS NOT NULL AND s.kind IN ('llm', 'embedding', 'rerank')) AS unpriced_count,
  max(s.served_from_cache) AS served_from_cache
FROM spans AS s
WHERE {{which}}
GROUP BY s.project, s.trace_id
