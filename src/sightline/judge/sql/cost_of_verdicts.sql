-- What a judge's latest verdicts cost.
SELECT count() AS n, avg(cost_usd) AS usd
FROM (
  SELECT cost_usd FROM scores
  WHERE project = {project:String} AND name = {name:String} AND source = 'judge' AND author = {author:String} AND cost_usd IS NOT NULL
  ORDER BY start DESC LIMIT 1000
)
