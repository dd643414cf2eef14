-- Names of calls that no price was looked for yet.
SELECT DISTINCT kind, provider, model, request_model FROM (
  SELECT if(kind IN ('embedding', 'rerank', 'tool'), toString(kind), 'llm') AS kind, ifNull(toString(provider), '') AS provider,
    if(kind = 'tool', ifNull(toString(tool_name), ''), ifNull(toString(response_model), '')) AS model, ifNull(toString(request_model), '') AS request_model
  FROM spans
  WHERE {{which}} AND usage_counted AND (kind IN ('llm', 'embedding', 'rerank', 'tool') OR input_tokens IS NOT NULL)
)
WHERE (kind, provider, model, request_model) NOT IN (
  SELECT kind, provider, model, request_model FROM prices WHERE catalogue = {catalogue:String})
  AND (model != '' OR request_model != '') AND (kind != 'tool' OR {tools:Bool})
