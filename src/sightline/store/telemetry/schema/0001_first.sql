-- The first schema: what arrives, what is kept of it, and the ledger that proves nothing was lost.
-- `otlp_*_in` take a segment whole (ENGINE = Null): views decode it once and feed the tables below. Their columns follow otlp.proto.

CREATE TABLE otlp_traces_in (envelopes Array(Tuple(project LowCardinality(String), received_ns UInt64, key LowCardinality(String),
  resource_spans Array(Tuple(resource Tuple(attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
    scope_spans Array(Tuple(scope Tuple(name String, version String, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
      spans Array(Tuple(trace_id String, span_id String, trace_state String, parent_span_id String, name String, kind Int32,
        start_time_unix_nano UInt64, end_time_unix_nano UInt64, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))),
        events Array(Tuple(time_unix_nano UInt64, name String, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))))),
        links Array(Tuple(trace_id String, span_id String, trace_state String, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))))),
        status Tuple(message String, code Int32)))))))))) ENGINE = Null;

CREATE TABLE otlp_logs_in (envelopes Array(Tuple(project LowCardinality(String), received_ns UInt64, key LowCardinality(String),
  resource_logs Array(Tuple(resource Tuple(attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
    scope_logs Array(Tuple(scope Tuple(name String, version String, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
      log_records Array(Tuple(time_unix_nano UInt64, severity_number Int32, severity_text String, body Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String), attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))),
        trace_id String, span_id String, observed_time_unix_nano UInt64, event_name String))))))))) ENGINE = Null;

CREATE TABLE ledger_in (traces Array(Tuple(project LowCardinality(String), received_ns UInt64, key LowCardinality(String), items UInt32, refused Array(Tuple(reason LowCardinality(String), items UInt32)), duplicate UInt32)), logs Array(Tuple(project LowCardinality(String), received_ns UInt64, key LowCardinality(String), items UInt32, refused Array(Tuple(reason LowCardinality(String), items UInt32)), duplicate UInt32)), metrics Array(Tuple(project LowCardinality(String), received_ns UInt64, key LowCardinality(String), items UInt32, refused Array(Tuple(reason LowCardinality(String), items UInt32)), duplicate UInt32))) ENGINE = Null;

CREATE TABLE otlp_metrics_in (envelopes Array(Tuple(project LowCardinality(String), received_ns UInt64, key LowCardinality(String),
  resource_metrics Array(Tuple(resource Tuple(attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
    scope_metrics Array(Tuple(scope Tuple(name String, version String, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
      metrics Array(Tuple(name String, description String, unit String,
        gauge Tuple(data_points Array(Tuple(start_time_unix_nano UInt64, time_unix_nano UInt64, which Enum8('none' = 0, 'as_double' = 4, 'as_int' = 6), as_double Float64, as_int Int64, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))))),
        sum Tuple(data_points Array(Tuple(start_time_unix_nano UInt64, time_unix_nano UInt64, which Enum8('none' = 0, 'as_double' = 4, 'as_int' = 6), as_double Float64, as_int Int64, attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))))), aggregation_temporality Int32, is_monotonic Bool),
        histogram Tuple(data_points Array(Tuple(start_time_unix_nano UInt64, time_unix_nano UInt64, count UInt64, sum Nullable(Float64), bucket_counts Array(UInt64), explicit_bounds Array(Float64), attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))), min Nullable(Float64), max Nullable(Float64))), aggregation_temporality Int32),
        exponential_histogram Tuple(data_points Array(Tuple(attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))), start_time_unix_nano UInt64, time_unix_nano UInt64, count UInt64, sum Nullable(Float64), scale Int32, zero_count UInt64, positive Tuple(offset Int32, bucket_counts Array(UInt64)), negative Tuple(offset Int32, bucket_counts Array(UInt64)), min Nullable(Float64), max Nullable(Float64))), aggregation_temporality Int32),
        summary Tuple(data_points Array(Tuple(start_time_unix_nano UInt64, time_unix_nano UInt64, count UInt64, sum Float64, quantile_values Array(Tuple(quantile Float64, value Float64)), attributes Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String))))))))))))))) ENGINE = Null;

-- One row is a span: its facts, and everything else it said as typed maps by flat key. Its large content lives in `payloads`.
-- Settling completes a row in place by lightweight UPDATE: docs/decisions/0001-settling-in-place.md.
CREATE TABLE spans (
  project LowCardinality(String),
  service LowCardinality(Nullable(String)),
  environment LowCardinality(Nullable(String)),
  release LowCardinality(Nullable(String)),
  trace_id String CODEC(ZSTD(1)),
  span_id String,
  parent_span_id Nullable(String),
  name LowCardinality(String),
  kind LowCardinality(String),
  stage LowCardinality(String),
  task LowCardinality(Nullable(String)),
  feature LowCardinality(Nullable(String)),
  user_id Nullable(String),
  session_id Nullable(String),
  tenant LowCardinality(Nullable(String)),
  provider LowCardinality(Nullable(String)),
  request_model LowCardinality(Nullable(String)),
  response_model LowCardinality(Nullable(String)),
  model LowCardinality(Nullable(String)),
  operation LowCardinality(Nullable(String)),
  response_id Nullable(String),
  temperature Nullable(Float64),
  max_tokens Nullable(UInt64),
  finish_reason LowCardinality(Nullable(String)),
  tool_name LowCardinality(Nullable(String)),
  agent_name LowCardinality(Nullable(String)),
  input_tokens Nullable(UInt64),
  output_tokens Nullable(UInt64),
  cache_read_tokens Nullable(UInt64),
  cache_write_tokens Nullable(UInt64),
  reasoning_tokens Nullable(UInt64),
  usage_counted Bool,
  cost_usd Nullable(Float64),
  input_cost_usd Nullable(Float64),
  cache_read_cost_usd Nullable(Float64),
  cache_write_cost_usd Nullable(Float64),
  output_cost_usd Nullable(Float64),
  revenue_usd Nullable(Float64),
  start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  duration_ns Nullable(UInt64),
  ttft_ns Nullable(UInt64),
  output_tokens_per_second Nullable(Float64),
  streamed Nullable(Bool),
  status LowCardinality(String),
  status_message Nullable(String),
  error_type LowCardinality(Nullable(String)),
  http_status Nullable(UInt16),
  attempt Nullable(UInt16),
  fallback_of Nullable(String),
  tool_is_error Nullable(Bool),
  served_from_cache Nullable(Bool),
  query Nullable(String),
  document_count Nullable(UInt32),
  top_score Nullable(Float64),
  mean_score Nullable(Float64),
  index_version LowCardinality(Nullable(String)),
  prompt_name LowCardinality(Nullable(String)),
  prompt_version LowCardinality(Nullable(String)),
  decision Nullable(String),
  state Nullable(String),
  attr_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attr_int Map(LowCardinality(String), Int64) CODEC(ZSTD(1)),
  attr_double Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  attr_bool Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
  attr_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  scope_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  span_kind LowCardinality(String),
  trace_state String CODEC(ZSTD(1)),
  links String CODEC(ZSTD(1)),
  weight Float64,
  input_preview Nullable(String) CODEC(ZSTD(1)),
  output_preview Nullable(String) CODEC(ZSTD(1)),
  start_flagged Bool,
  start_sent_ns UInt64 CODEC(Delta, ZSTD(1)),
  key_id LowCardinality(String),
  settled Bool,
  retention UInt16,
  INDEX weight_range weight TYPE minmax GRANULARITY 8
) ENGINE = MergeTree
PARTITION BY (retention, toDate(start))
ORDER BY (project, toStartOfFiveMinutes(start), trace_id, start)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

-- A span's large content: raw attribute key to raw text. Expires by partition, sooner than facts.
CREATE TABLE payloads (
  project LowCardinality(String),
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  content Map(LowCardinality(String), String) CODEC(ZSTD(3)),
  retention UInt16
) ENGINE = MergeTree
PARTITION BY (retention, toDate(received))
ORDER BY (project, toStartOfFiveMinutes(received), trace_id, span_id)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

-- Span events, and log records: those of a trace join their span by id, whichever arrived first.
CREATE TABLE events (
  project LowCardinality(String),
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  time_ns UInt64 CODEC(Delta, ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  source LowCardinality(String),
  name LowCardinality(String),
  severity LowCardinality(String),
  body String CODEC(ZSTD(1)),
  attr_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attr_int Map(LowCardinality(String), Int64) CODEC(ZSTD(1)),
  attr_double Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  attr_bool Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
  attr_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  scope_name LowCardinality(String),
  retention UInt16
) ENGINE = MergeTree
PARTITION BY (retention, toDate(received))
ORDER BY (project, toStartOfFiveMinutes(received), trace_id, time)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

-- One row is a data point; histograms stay histograms.
CREATE TABLE metrics (
  project LowCardinality(String),
  name LowCardinality(String),
  type LowCardinality(String),
  unit LowCardinality(String),
  description LowCardinality(String),
  temporality LowCardinality(String),
  monotonic Bool,
  time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  time_ns UInt64 CODEC(Delta, ZSTD(1)),
  start_ns UInt64 CODEC(Delta, ZSTD(1)),
  received DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  value Nullable(Float64),
  value_int Nullable(Int64),
  count Nullable(UInt64),
  sum Nullable(Float64),
  min Nullable(Float64),
  max Nullable(Float64),
  bounds Array(Float64),
  bucket_counts Array(UInt64),
  scale Nullable(Int32),
  zero_count Nullable(UInt64),
  positive_offset Nullable(Int32),
  negative_offset Nullable(Int32),
  negative_counts Array(UInt64),
  quantiles Array(Tuple(quantile Float64, value Float64)),
  attr_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attr_int Map(LowCardinality(String), Int64) CODEC(ZSTD(1)),
  attr_double Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  attr_bool Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
  attr_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  scope_name LowCardinality(String),
  retention UInt16
) ENGINE = MergeTree
PARTITION BY (retention, toDate(received))
ORDER BY (project, name, toStartOfFiveMinutes(received), time)
SETTINGS non_replicated_deduplication_window = 10000;

-- Trace id to times: how a trace is found by its id alone.
CREATE TABLE trace_index (
  project LowCardinality(String),
  trace_id String CODEC(ZSTD(1)),
  min_start SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  max_start SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  min_received SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  max_received SimpleAggregateFunction(max, DateTime64(9, 'UTC'))
) ENGINE = AggregatingMergeTree
ORDER BY (project, trace_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;

-- What arrived and is not settled yet: one row per trace, five minutes of start, and insert. Settling empties it.
CREATE TABLE trace_arrivals (
  project LowCardinality(String),
  trace_id String,
  start_bucket DateTime('UTC'),
  min_received DateTime64(9, 'UTC'),
  max_received DateTime64(9, 'UTC'),
  has_root Bool
) ENGINE = MergeTree
ORDER BY (project, trace_id)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

-- A settled trace.
CREATE TABLE traces_settled (
  project LowCardinality(String),
  trace_id String CODEC(ZSTD(1)),
  root_span_id Nullable(String),
  name LowCardinality(Nullable(String)),
  kind LowCardinality(Nullable(String)),
  task LowCardinality(Nullable(String)),
  service LowCardinality(Nullable(String)),
  environment LowCardinality(Nullable(String)),
  release LowCardinality(Nullable(String)),
  user_id Nullable(String),
  session_id Nullable(String),
  tenant LowCardinality(Nullable(String)),
  feature LowCardinality(Nullable(String)),
  start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  last_start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  duration_ns Nullable(UInt64),
  ttft_ns Nullable(UInt64),
  status LowCardinality(String),
  span_count UInt64,
  error_count UInt64,
  llm_count UInt64,
  input_tokens Nullable(UInt64),
  output_tokens Nullable(UInt64),
  cost_usd Nullable(Float64),
  models Array(LowCardinality(String)),
  input_preview Nullable(String) CODEC(ZSTD(1)),
  output_preview Nullable(String) CODEC(ZSTD(1)),
  weight Float64,
  received DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
  retention UInt16
) ENGINE = MergeTree
PARTITION BY (retention, toDate(start))
ORDER BY (project, start)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

-- One verdict on one span, trace or session.
CREATE TABLE scores (
  project LowCardinality(String),
  trace_id String,
  span_id String,
  session_id String,
  name LowCardinality(String),
  value Nullable(Float64),
  label LowCardinality(Nullable(String)),
  source LowCardinality(String),
  version LowCardinality(String),
  explanation String CODEC(ZSTD(1)),
  start DateTime64(9, 'UTC'),
  received DateTime64(9, 'UTC')
) ENGINE = MergeTree
ORDER BY (project, name, start)
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1, non_replicated_deduplication_window = 10000;

-- received = stored + duplicate + rejected (by reason), for every minute, project, key and signal.
CREATE TABLE ledger (
  minute DateTime('UTC'),
  project LowCardinality(String),
  key LowCardinality(String),
  signal LowCardinality(String),
  reason LowCardinality(String),
  received SimpleAggregateFunction(sum, Int64),
  stored SimpleAggregateFunction(sum, Int64),
  duplicate SimpleAggregateFunction(sum, Int64),
  rejected SimpleAggregateFunction(sum, Int64)
) ENGINE = AggregatingMergeTree
ORDER BY (project, minute, key, signal, reason)
SETTINGS non_replicated_deduplication_window = 10000;


-- Spans on their way from view to view; these tables keep nothing.
CREATE TABLE spans_flat (
  project LowCardinality(String),
  received_ns UInt64,
  key_id LowCardinality(String),
  resource_string Map(LowCardinality(String), String),
  resource_other Map(LowCardinality(String), String),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  scope_other Map(LowCardinality(String), String),
  trace_id String,
  span_id String,
  parent_id String,
  name String,
  span_kind String,
  trace_state String,
  start_ns UInt64,
  end_ns UInt64,
  status_code UInt8,
  status_message String,
  keys Array(LowCardinality(String)),
  vals Array(Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)),
  event_names Array(String),
  event_times Array(UInt64),
  event_attributes Array(Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
  links String
) ENGINE = Null;

CREATE TABLE spans_decoded (
  project LowCardinality(String),
  received_ns UInt64,
  received DateTime64(9, 'UTC'),
  key_id LowCardinality(String),
  resource_string Map(LowCardinality(String), String),
  resource_other Map(LowCardinality(String), String),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  scope_other Map(LowCardinality(String), String),
  trace_id String,
  span_id String,
  parent_id String,
  name String,
  span_kind String,
  trace_state String,
  start DateTime64(9, 'UTC'),
  start_flagged Bool,
  start_ns UInt64,
  end_ns UInt64,
  status_code UInt8,
  status_message String,
  attr_inline Map(LowCardinality(String), String),
  attr_content Map(LowCardinality(String), String),
  attr_int Map(LowCardinality(String), Int64),
  attr_double Map(LowCardinality(String), Float64),
  attr_bool Map(LowCardinality(String), Bool),
  attr_other Map(LowCardinality(String), String),
  text_slots Array(UInt16),
  text_facts Array(UInt16),
  text_values Array(String),
  number_facts Array(UInt16),
  number_values Array(Float64),
  event_names Array(String),
  event_times Array(UInt64),
  event_attributes Array(Array(Tuple(key LowCardinality(String), value Tuple(which Enum16('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'array_value' = 5, 'bytes_value' = 7, 'json_value' = 1000), string_value String, bool_value Bool, int_value Int64, double_value Float64, array_value Tuple(values Array(Tuple(which Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4, 'bytes_value' = 7), string_value String, bool_value Bool, int_value Int64, double_value Float64, bytes_value String))), bytes_value String, json_value String)))),
  event_attrs Array(Map(LowCardinality(String), String)),
  links String
) ENGINE = Null;

-- Settling's work tables: the traces of this pass, the five-minute buckets they lie in, and what each of their spans inherits.
CREATE TABLE settling_traces (project String, trace_id String, last_received DateTime64(9, 'UTC')) ENGINE = Memory;

CREATE TABLE reopened_traces (
  project String, trace_id String, min_start DateTime64(9, 'UTC'), max_start DateTime64(9, 'UTC'), min_received DateTime64(9, 'UTC')
) ENGINE = Memory;

CREATE TABLE settling_buckets (bucket DateTime('UTC')) ENGINE = Memory;

CREATE TABLE settling_spans (
  step UInt8, project String, trace_id String, span_id String, ancestor String,
  task Nullable(String), environment Nullable(String), release Nullable(String), feature Nullable(String), user_id Nullable(String), session_id Nullable(String), tenant Nullable(String)
) ENGINE = Memory;

CREATE TABLE settling_facts (
  project String, trace_id String, span_id String,
  task Nullable(String), environment Nullable(String), release Nullable(String), feature Nullable(String), user_id Nullable(String), session_id Nullable(String), tenant Nullable(String),
  attempt Nullable(UInt16), fallback_of Nullable(String)
) ENGINE = Join(ANY, LEFT, project, trace_id, span_id) SETTINGS persistent = 0;

-- Copies of spans that settling has found and not yet removed: what is written here is finished after a crash, once.
CREATE TABLE settling_duplicates (
  plan UInt64, project String, trace_id String, span_id String, partition_id String, block_number UInt64, block_offset UInt64,
  minute DateTime('UTC'), key_id String, winner_received DateTime64(9, 'UTC')
) ENGINE = MergeTree ORDER BY plan;

