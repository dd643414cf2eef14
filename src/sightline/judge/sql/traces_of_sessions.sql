SELECT assumeNotNull(session_id) AS session_id, trace_id
FROM traces_settled
WHERE project = {project:String} AND $window AND session_id IN {session_ids:Array(String)}
ORDER BY start
LIMIT 200 BY session_id
