-- One verdict on one span, trace or session, from whoever said it; the target's facts are copied beside it. A score is (project, target and
-- its ids, name, source, author, version), of which `id` is a digest: the last received stays, its forerunner is deleted when it is stored.
-- `settled`: whether its target was when its facts were copied; settling copies them again.
DROP TABLE IF EXISTS scores;

CREATE TABLE scores (
  project LowCardinality(String),
  id String DEFAULT lower(hex(MD5(toJSONString([toString(project), toString(target), trace_id, span_id, session_id, toString(name), toString(source), toString(author), toString(version)])))) CODEC(ZSTD(1)),
  target LowCardinality(String) DEFAULT multiIf(span_id != '', 'span', trace_id != '', 'trace', 'session'),
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  session_id String CODEC(ZSTD(1)),
  name LowCardinality(String),
  source LowCardinality(String),
  author LowCardinality(String),
  version LowCardinality(String),
  type LowCardinality(String),
  value Nullable(Float64),
  label LowCardinality(Nullable(String)),
  explanation String CODEC(ZSTD(1)),
  confidence Nullable(Float64),
  probability Nullable(Float64),
  metadata Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  cost_usd Nullable(Float64),
  latency_ns Nullable(UInt64),
  judge_trace_id String CODEC(ZSTD(1)),
  start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  task LowCardinality(Nullable(String)),
  model LowCardinality(Nullable(String)),
  prompt_version LowCardinality(Nullable(String)),
  tenant LowCardinality(Nullable(String)),
  release LowCardinality(Nullable(String)),
  environment LowCardinality(Nullable(String)),
  service LowCardinality(Nullable(String)),
  index_version LowCardinality(Nullable(String)),
  settled Bool DEFAULT true,
  written UInt64 DEFAULT toUInt64(toUnixTimestamp64Nano(now64(9))),
  retention UInt16 DEFAULT 90,
  INDEX by_trace trace_id TYPE bloom_filter GRANULARITY 1,
  INDEX by_id id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY (retention, toDate(start))
ORDER BY (project, name, start)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1, fsync_part_directory = 1;

-- Scores that have a successor or are about to have one: what is written here is finished after a crash.
CREATE TABLE scores_superseded (project String, name String, id String) ENGINE = MergeTree ORDER BY (project, name, id);

-- Up to where events that tell of scores were read.
CREATE TABLE scores_told (until_ns Int64) ENGINE = MergeTree ORDER BY until_ns;
