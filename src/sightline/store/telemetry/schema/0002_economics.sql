-- Token economics: every kind of token, what a call cost and by which price, what was earned, and which facts a row was derived by.
ALTER TABLE spans
  ADD COLUMN IF NOT EXISTS cache_write_1h_tokens Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS input_audio_tokens Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS output_audio_tokens Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS input_image_tokens Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS output_image_tokens Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS web_searches Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS service_tier LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS other_cost_usd Nullable(Float64),
  ADD COLUMN IF NOT EXISTS reported_cost_usd Nullable(Float64),
  ADD COLUMN IF NOT EXISTS price LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS config_hash LowCardinality(Nullable(String)),
  ADD COLUMN IF NOT EXISTS wrapper_span_id Nullable(String),
  ADD COLUMN IF NOT EXISTS facts_version UInt32;

ALTER TABLE traces_settled
  ADD COLUMN IF NOT EXISTS cache_read_tokens Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS revenue_usd Nullable(Float64),
  ADD COLUMN IF NOT EXISTS unpriced_count UInt64,
  ADD COLUMN IF NOT EXISTS served_from_cache Nullable(Bool);

-- What a call costs, as the spans name their models: the catalogue and the overrides, resolved once per name. One row is one rule; of those
-- that hold for a call the one with the highest rank counts. A name without a price has one row whose `price` is ''.
CREATE TABLE prices (
  catalogue String,
  kind LowCardinality(String),
  provider String,
  model String,
  request_model String,
  rank UInt16,
  service_tier String,
  valid_from DateTime('UTC'),
  valid_to DateTime('UTC'),
  day_from_s UInt32,
  day_to_s UInt32,
  above_tokens Int64,
  input_usd Nullable(Float64),
  output_usd Nullable(Float64),
  cache_read_usd Nullable(Float64),
  cache_write_usd Nullable(Float64),
  cache_write_1h_usd Nullable(Float64),
  input_audio_usd Nullable(Float64),
  output_audio_usd Nullable(Float64),
  input_image_usd Nullable(Float64),
  output_image_usd Nullable(Float64),
  reasoning_usd Nullable(Float64),
  request_usd Nullable(Float64),
  web_search_usd Nullable(Float64),
  second_usd Nullable(Float64),
  price String,
  context_tokens Nullable(UInt64),
  resolved DateTime('UTC')
) ENGINE = MergeTree
ORDER BY (catalogue, kind, provider, model, request_model, rank)
SETTINGS non_replicated_deduplication_window = 10000;

-- What a request earns whose root does not say: the list of the configuration, the last that matches counts.
CREATE TABLE revenue_rules (
  rank UInt16, task String, tenant String, usd Float64, valid_from DateTime('UTC'), valid_to DateTime('UTC')
) ENGINE = Memory;

-- Settling's work tables once more: `near` is the nearest call at or above a span; then the pass's calls, who repeats whom, what they cost.
DROP TABLE IF EXISTS settling_spans;

CREATE TABLE settling_spans (
  step UInt8, project String, trace_id String, span_id String, ancestor String, near Nullable(String),
  task Nullable(String), environment Nullable(String), release Nullable(String), feature Nullable(String), user_id Nullable(String), session_id Nullable(String), tenant Nullable(String)
) ENGINE = Memory;

CREATE TABLE settling_calls (
  project String, trace_id String, span_id String, outer_id Nullable(String), kind String, scope_name String, start_ns Int64, end_ns Int64, lone Bool, helped Bool,
  response_id Nullable(String), provider Nullable(String), request_model Nullable(String), response_model Nullable(String), finish_reason Nullable(String), service_tier Nullable(String),
  temperature Nullable(Float64), max_tokens Nullable(UInt64), streamed Nullable(Bool), ttft_ns Nullable(UInt64), http_status Nullable(UInt16),
  prompt_name Nullable(String), prompt_version Nullable(String), reported_cost_usd Nullable(Float64),
  input_tokens Nullable(UInt64), output_tokens Nullable(UInt64), cache_read_tokens Nullable(UInt64), cache_write_tokens Nullable(UInt64), cache_write_1h_tokens Nullable(UInt64),
  reasoning_tokens Nullable(UInt64), input_audio_tokens Nullable(UInt64), output_audio_tokens Nullable(UInt64), input_image_tokens Nullable(UInt64), output_image_tokens Nullable(UInt64), web_searches Nullable(UInt64)
) ENGINE = Memory;

CREATE TABLE settling_pairs (project String, trace_id String, outer_id String, inner_id String, is_call Bool) ENGINE = Memory;

-- One row a call that has a wrapper (`wrapper_id`, and what only the wrapper says), or a wrapper (`counted` false, `kind` what it is then).
CREATE TABLE settling_wraps (
  project String, trace_id String, span_id String, counted Bool, kind String, wrapper_id Nullable(String),
  provider Nullable(String), request_model Nullable(String), response_model Nullable(String), finish_reason Nullable(String), service_tier Nullable(String),
  temperature Nullable(Float64), max_tokens Nullable(UInt64), streamed Nullable(Bool), ttft_ns Nullable(UInt64), http_status Nullable(UInt16),
  prompt_name Nullable(String), prompt_version Nullable(String), reported_cost_usd Nullable(Float64),
  input_tokens Nullable(UInt64), output_tokens Nullable(UInt64), cache_read_tokens Nullable(UInt64), cache_write_tokens Nullable(UInt64), cache_write_1h_tokens Nullable(UInt64),
  reasoning_tokens Nullable(UInt64), input_audio_tokens Nullable(UInt64), output_audio_tokens Nullable(UInt64), input_image_tokens Nullable(UInt64), output_image_tokens Nullable(UInt64), web_searches Nullable(UInt64), present Bool
) ENGINE = Join(ANY, LEFT, project, trace_id, span_id) SETTINGS persistent = 0;

CREATE TABLE settling_costs (
  project String, trace_id String, span_id String,
  cost_usd Nullable(Float64), input_cost_usd Nullable(Float64), cache_read_cost_usd Nullable(Float64), cache_write_cost_usd Nullable(Float64),
  output_cost_usd Nullable(Float64), other_cost_usd Nullable(Float64), price Nullable(String), present Bool
) ENGINE = Join(ANY, LEFT, project, trace_id, span_id) SETTINGS persistent = 0;

CREATE TABLE settling_trace_costs (project String, trace_id String, cost_usd Nullable(Float64), unpriced_count UInt64)
ENGINE = Join(ANY, LEFT, project, trace_id) SETTINGS persistent = 0;

-- Calls by the provider's id of their answer: the same call that two instrumentations tell of in two traces.
CREATE TABLE call_index (
  project LowCardinality(String), response_id String, trace_id String, span_id String, scope_name LowCardinality(String), start_ns Int64, end_ns Int64,
  lone Bool, input_tokens Nullable(UInt64), output_tokens Nullable(UInt64), settled_day Date
) ENGINE = MergeTree
PARTITION BY settled_day
ORDER BY (project, response_id)
SETTINGS index_granularity = 1024;
