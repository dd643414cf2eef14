-- Failures that nobody reported: what settling finds in an answer, a tool's result, a search.
ALTER TABLE spans
  ADD COLUMN IF NOT EXISTS silent_failure LowCardinality(Nullable(String));

CREATE TABLE settling_silent (project String, trace_id String, span_id String, silent_failure Nullable(String))
ENGINE = Join(ANY, LEFT, project, trace_id, span_id) SETTINGS persistent = 0;
