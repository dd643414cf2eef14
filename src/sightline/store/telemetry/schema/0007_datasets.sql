-- What datasets and experiments hold that is as big as telemetry. Their names, versions and authors are in the configuration database:
-- a version's items are seen once the version is committed there, so a write that was broken off is never read.

-- One row is one item as one version has it. Version v of a dataset is, of each item, its last row among the committed versions up to v;
-- `removed` says that it is gone from there on. `input`, `expected` and `context` are JSON texts, '' where there is none. Kept until the
-- dataset is deleted, whatever the retention of the traces that it was made from.
CREATE TABLE dataset_items (
  project LowCardinality(String),
  dataset_id String,
  item_id String,
  version UInt32,
  position UInt64,
  removed Bool,
  digest String,
  input String CODEC(ZSTD(3)),
  expected String CODEC(ZSTD(3)),
  context String CODEC(ZSTD(3)),
  metadata String CODEC(ZSTD(3)),
  trace_id String,
  span_id String,
  received DateTime64(9, 'UTC')
) ENGINE = MergeTree
ORDER BY (project, dataset_id, item_id, version)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1, fsync_part_directory = 1;

-- One row is what one repeat of one item came to in an experiment; of several the last received holds. `output` is JSON, `error` '' where
-- there is none. Its scores are in `scores`, on its trace.
CREATE TABLE experiment_results (
  project LowCardinality(String),
  experiment_id String,
  item_id String,
  repeat UInt16,
  trace_id String,
  output String CODEC(ZSTD(3)),
  error String CODEC(ZSTD(3)),
  latency_ns Nullable(UInt64),
  cost_usd Nullable(Float64),
  received DateTime64(9, 'UTC')
) ENGINE = MergeTree
ORDER BY (project, experiment_id, item_id, repeat, received)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1, fsync_part_directory = 1;
