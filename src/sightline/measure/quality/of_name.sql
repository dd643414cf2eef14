-- Who gives a score of this name, in what form; the busiest first.
SELECT author, any(s.type) AS type, any(s.target) AS target, count() AS n
FROM scores AS s
WHERE project = {project:String} AND name = {name:String} AND source = {source:String}
GROUP BY author
ORDER BY n DESC, author
LIMIT 1
