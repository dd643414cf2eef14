-- Where no prompt was read, none repeats another.
(SELECT '' AS trace_id, '' AS span_id WHERE false)
