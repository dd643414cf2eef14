-- What is to be stored, as it was said; `place` is its place among them.
CREATE OR REPLACE TEMPORARY TABLE scores_arriving (
  place UInt32, project String, target String, trace_id String, span_id String, session_id String, name String, source String, author String,
  version String, type String, value Nullable(Float64), label Nullable(String), explanation String, confidence Nullable(Float64),
  probability Nullable(Float64), metadata Map(String, String), cost_usd Nullable(Float64), latency_ns Nullable(UInt64), judge_trace_id String,
  received DateTime64(9, 'UTC')
) ENGINE = Memory
