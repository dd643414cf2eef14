-- Requests that are not settled yet, summed up from what has arrived of them.
CREATE VIEW traces_open AS
{{trace_summary}};

-- Every request, settled or not.
CREATE VIEW traces AS
SELECT *, true AS settled FROM traces_settled
UNION ALL
SELECT *, false AS settled FROM traces_open;
