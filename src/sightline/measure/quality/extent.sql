-- When the judged of the window began, what they are, and how many.
SELECT count() AS units, toUnixTimestamp64Nano(min(start)) AS first_ns, toUnixTimestamp64Nano(max(start)) AS last_ns, groupUniqArray(5)(target) AS targets,
  groupUniqArray(20)(version) AS versions
FROM verdicts WHERE counted
