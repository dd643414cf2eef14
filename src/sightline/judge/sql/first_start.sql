-- When a project's first request of the window began.
SELECT toUnixTimestamp64Nano(min(start)) AS start_ns, count() AS n FROM traces_settled WHERE project = {project:String} AND $window
