-- How many targets match, are selected, and are judged by this version.
SELECT count() AS matching, countIf(unit < probability) AS selected, sum(probability) AS expected, countIf(unit < probability AND judged) AS judged,
  min(start_ns) AS first_ns
FROM (
  SELECT unit, probability, start_ns, ($ids) IN (
    SELECT $ids FROM scores
    WHERE project = {project:String} AND name = {name:String} AND $scored AND source = {source:String} AND author = {author:String} AND version = {version:String} AND target = {target:String}
  ) AS judged
  FROM ($sampled)
)
