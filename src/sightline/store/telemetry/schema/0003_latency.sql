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

CREATE TABLE settling_stalls (span UInt128, stall_ns Int64) ENGINE = Join(ANY, LEFT, span) SETTINGS persistent = 0;

CREATE TABLE settling_path (span UInt128, own_ns Int64) ENGINE = Join(ANY, LEFT, span) SETTINGS persistent = 0;

-- A cache of settled rows by the hour, never fed by an insert view: a job derives each (project, hour) under a new build, one row in
-- `rollup_builds` switches readers, whatever changes a row marks its hour in `rollup_dirty`. `of` is 'spans' or 'requests'. `*_bins` is a
-- quantile sketch that adds up: how many values lie in (g^(k-1), g^k] with g = 1.01 / 0.99 (DDSketch, within 1 %); -32768 is 0.
CREATE TABLE rollup_latency (
  project LowCardinality(String), of LowCardinality(String), hour DateTime('UTC'), build UInt64,
  stage LowCardinality(String), task LowCardinality(Nullable(String)), model LowCardinality(Nullable(String)), kind LowCardinality(String),
  retention UInt16, n UInt64, errors UInt64,
  duration_n UInt64, duration_sum Float64, duration_max Float64, duration_bins Map(Int16, UInt64),
  ttft_n UInt64, ttft_sum Float64, ttft_max Float64, ttft_bins Map(Int16, UInt64),
  critical_n UInt64, critical_sum Float64, critical_max Float64, critical_bins Map(Int16, UInt64)
) ENGINE = MergeTree
PARTITION BY (retention, toDate(hour))
ORDER BY (project, of, hour, build)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE rollup_builds (project LowCardinality(String), hour DateTime('UTC'), build UInt64)
ENGINE = MergeTree ORDER BY (project, hour)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE rollup_dirty (project LowCardinality(String), hour DateTime('UTC'), marked DateTime64(3, 'UTC'))
ENGINE = MergeTree ORDER BY (project, hour)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE rollup_due (project String, hour DateTime('UTC'), build UInt64) ENGINE = Memory;

-- What was stored before is due too.
INSERT INTO rollup_dirty SELECT DISTINCT project, toStartOfHour(start), now64(3, 'UTC') FROM spans WHERE settled;
