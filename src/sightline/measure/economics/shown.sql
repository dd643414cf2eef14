-- A few of the newest calls.
(SELECT * FROM newest AS n WHERE n.span_id IN {shown:Array(String)})
