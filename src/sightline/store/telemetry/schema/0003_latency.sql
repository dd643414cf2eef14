-- Latency: where it was served, how long it queued and stalled, what each span did itself and what its request really waited for.
ALTER TABLE spans
  ADD COLUMN IF NOT EXISTS region LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS queue_ns Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS time_per_output_token_ns Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS stall_ns Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS self_ns Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS critical_ns Nullable(UInt64);

-- Settling's work tables for a trace as a tree. Spans and traces go by a hash of 128 bits: sorted, joined and grouped as one number.
CREATE TABLE settling_nodes (
  trace UInt128, span UInt128, parent UInt128, span_id String, service String, is_call Bool, is_transport Bool, start_ns Int64, duration_ns Int64
) ENGINE = Memory;

CREATE TABLE settling_roots (trace UInt128, root UInt128, start_ns Int64, duration_ns Int64)
ENGINE = Join(ANY, LEFT, trace) SETTINGS persistent = 0;

CREATE TABLE settling_children (span UInt128, covered_ns Int64, children Array(Tuple(span UInt128, first Int64, until Int64)))
ENGINE = Join(ANY, LEFT, span) SETTINGS persistent = 0;

CREATE TABLE settling_path (span UInt128, own_ns Int64) ENGINE = Join(ANY, LEFT, span) SETTINGS persistent = 0;
