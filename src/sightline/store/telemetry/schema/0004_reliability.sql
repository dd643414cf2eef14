-- Failures: where they began, and those that nobody reported. Settling finds both.
ALTER TABLE spans
  ADD COLUMN IF NOT EXISTS error_origin Nullable(Bool),
  ADD COLUMN IF NOT EXISTS silent_failure LowCardinality(Nullable(String));

CREATE TABLE settling_origins (project String, trace_id String, span_id String, error_origin Nullable(Bool))
ENGINE = Join(ANY, LEFT, project, trace_id, span_id) SETTINGS persistent = 0;

CREATE TABLE settling_silent (project String, trace_id String, span_id String, silent_failure Nullable(String))
ENGINE = Join(ANY, LEFT, project, trace_id, span_id) SETTINGS persistent = 0;
