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
