"""The columns and relations that answers are made of.

Times leave the engine as whole nanoseconds: its own conversion to Python stops at microseconds.
"""

from sightline.facts.vocabulary import FACTS

SPAN_COLUMNS = ", ".join(
    [
        *(name for name, fact in FACTS.items() if fact.type != "time"),
        *(f"toUnixTimestamp64Nano({name}) AS {name}_ns" for name, fact in FACTS.items() if fact.type == "time"),
        "settled",
    ]
)
SPAN_DETAIL_COLUMNS = f"""{SPAN_COLUMNS},
  attr_string, attr_int, attr_double, attr_bool, attr_other,
  resource_string, resource_other, scope_name, scope_version, scope_other,
  span_kind, trace_state, links, weight, start_flagged, start_sent_ns, input_preview, output_preview"""
SCORE_COLUMNS = """project, id, target, trace_id, span_id, session_id, name, source, author, version, type, value, label, explanation,
  confidence, probability, metadata, cost_usd, latency_ns, judge_trace_id, toUnixTimestamp64Nano(start) AS start_ns,
  toUnixTimestamp64Nano(received) AS received_ns, settled,
  task, model, prompt_version, tenant, release, environment, service, index_version"""
# The view over settled and open traces costs 40 ms to plan, whatever it finds; who knows that a trace is settled spares it.
ALL_TRACES = "traces"
SETTLED_TRACES = "(SELECT *, true AS settled FROM traces_settled) AS traces"
TRACE_COLUMNS = """project, trace_id, root_span_id, name, kind, task, service, environment, release, user_id, session_id, tenant,
  toUnixTimestamp64Nano(start) AS start_ns, duration_ns, ttft_ns, status, span_count, error_count, llm_count,
  input_tokens, output_tokens, cache_read_tokens, cost_usd, revenue_usd, unpriced_count, served_from_cache,
  models, input_preview, output_preview, settled"""
