"""The canonical vocabulary: every fact's name, type, unit and meaning.

A fact is what Sightline knows of a span whatever library sent it. The names here are the names everywhere: columns,
API, filter language, UI and docs. Unknown is NULL, never 0 and never ''.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

FactType = Literal["string", "integer", "number", "boolean", "time", "json"]
Group = Literal["identity", "what", "who", "model", "tokens", "money", "time", "reliability", "retrieval", "prompts", "decisions"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the vocabulary.

    `column` is the engine's type; `nullable` says whether 'unknown' exists for it; `unit` is that of the stored value;
    `inherited` facts are taken from relatives at settling where the span itself is silent.
    """

    name: str
    column: str
    type: FactType
    group: Group
    meaning: str
    unit: str | None = None
    nullable: bool = True
    inherited: bool = False

    @property
    def column_type(self) -> str:
        """The engine's type, wrapped for NULL: `LowCardinality(Nullable(String))`, `Nullable(UInt64)`, `String`."""
        if not self.nullable:
            return self.column
        if self.column.startswith("LowCardinality("):
            return f"LowCardinality(Nullable({self.column.removeprefix('LowCardinality(').removesuffix(')')}))"
        return f"Nullable({self.column})"


LOW = "LowCardinality(String)"

_ROWS = (
    # identity
    Fact("project", LOW, "string", "identity", "the project that the request was sent to", nullable=False),
    Fact("service", LOW, "string", "identity", "service.name of the resource"),
    Fact("environment", LOW, "string", "identity", "deployment environment", inherited=True),
    Fact("release", LOW, "string", "identity", "version of the application that ran", inherited=True),
    Fact("trace_id", "String", "string", "identity", "32 lower-case hex digits; one trace is one request", nullable=False),
    Fact("span_id", "String", "string", "identity", "16 lower-case hex digits", nullable=False),
    Fact("parent_span_id", "String", "string", "identity", "the span that this one ran inside; NULL for a root"),
    Fact("name", LOW, "string", "identity", "the span's name as sent", nullable=False),
    Fact("wrapper_span_id", "String", "string", "identity", "the span that another instrumentation made of the same call; this one counts"),
    # what
    Fact(
        "kind",
        LOW,
        "string",
        "what",
        "request, chain, llm, embedding, retrieval, rerank, tool, agent, guardrail, evaluator or other",
        nullable=False,
    ),
    Fact("stage", LOW, "string", "what", "the pipeline step; the span's name unless a convention says better", nullable=False),
    Fact(
        "task",
        LOW,
        "string",
        "what",
        "the task type: sightline.task, else the workflow's name, else the root's name",
        inherited=True,
    ),
    Fact("feature", LOW, "string", "what", "the product feature that the request serves", inherited=True),
    # who
    Fact("user_id", "String", "string", "who", "the end user", inherited=True),
    Fact("session_id", "String", "string", "who", "the conversation or session", inherited=True),
    Fact("tenant", LOW, "string", "who", "the customer organisation", inherited=True),
    # model
    Fact("provider", LOW, "string", "model", "the model's provider"),
    Fact("request_model", LOW, "string", "model", "the model that was asked for"),
    Fact("response_model", LOW, "string", "model", "the model that answered"),
    Fact("model", LOW, "string", "model", "response_model, else request_model"),
    Fact("operation", LOW, "string", "model", "gen_ai.operation.name: chat, embeddings, execute_tool …"),
    Fact("response_id", "String", "string", "model", "the provider's id of the answer"),
    Fact("temperature", "Float64", "number", "model", "sampling temperature asked for"),
    Fact("max_tokens", "UInt64", "integer", "model", "the limit on output tokens asked for", "tokens"),
    Fact("service_tier", LOW, "string", "model", "how the provider served it: batch, priority, flex …"),
    Fact("finish_reason", LOW, "string", "model", "stop, length, tool_calls, content_filter, error or other"),
    Fact("tool_name", LOW, "string", "model", "the tool that was called"),
    Fact("agent_name", LOW, "string", "model", "the agent that ran"),
    Fact("region", LOW, "string", "model", "where it was served: what the span says, else where its sender runs"),
    # tokens
    Fact("input_tokens", "UInt64", "integer", "tokens", "input tokens, cached reads and cache writes included", "tokens"),
    Fact("output_tokens", "UInt64", "integer", "tokens", "output tokens, reasoning included", "tokens"),
    Fact("cache_read_tokens", "UInt64", "integer", "tokens", "input tokens read from the provider's cache", "tokens"),
    Fact("cache_write_tokens", "UInt64", "integer", "tokens", "input tokens written to the provider's cache", "tokens"),
    Fact("cache_write_1h_tokens", "UInt64", "integer", "tokens", "the part of cache_write_tokens that is kept for an hour", "tokens"),
    Fact("reasoning_tokens", "UInt64", "integer", "tokens", "output tokens spent on reasoning", "tokens"),
    Fact("input_audio_tokens", "UInt64", "integer", "tokens", "the part of input_tokens that is audio", "tokens"),
    Fact("output_audio_tokens", "UInt64", "integer", "tokens", "the part of output_tokens that is audio", "tokens"),
    Fact("input_image_tokens", "UInt64", "integer", "tokens", "the part of input_tokens that is images", "tokens"),
    Fact("output_image_tokens", "UInt64", "integer", "tokens", "the part of output_tokens that is images", "tokens"),
    Fact("web_searches", "UInt64", "integer", "tokens", "searches that the provider made for the call", "searches"),
    Fact("usage_counted", "Bool", "boolean", "tokens", "false on a wrapper that repeats its child's usage", nullable=False),
    # money
    Fact("cost_usd", "Float64", "number", "money", "what the call cost; NULL when no price is known", "USD"),
    Fact("input_cost_usd", "Float64", "number", "money", "the part of cost_usd for uncached input", "USD"),
    Fact("cache_read_cost_usd", "Float64", "number", "money", "the part of cost_usd for cached reads", "USD"),
    Fact("cache_write_cost_usd", "Float64", "number", "money", "the part of cost_usd for cache writes", "USD"),
    Fact("output_cost_usd", "Float64", "number", "money", "the part of cost_usd for output", "USD"),
    Fact("other_cost_usd", "Float64", "number", "money", "the part of cost_usd for what is no token: searches, requests, time", "USD"),
    Fact("reported_cost_usd", "Float64", "number", "money", "what the sender says that it cost", "USD"),
    Fact("price", LOW, "string", "money", "the price that cost_usd was made with; NULL when none is known"),
    Fact("revenue_usd", "Float64", "number", "money", "what the request earned", "USD"),
    # time
    Fact("start", "DateTime64(9, 'UTC')", "time", "time", "when the span began, by the sender's clock", nullable=False),
    Fact("received", "DateTime64(9, 'UTC')", "time", "time", "when the span arrived, by our clock", nullable=False),
    Fact("duration_ns", "UInt64", "integer", "time", "end minus start; NULL when the span ends before it starts", "ns"),
    Fact("ttft_ns", "UInt64", "integer", "time", "from the span's start to the first token of its answer", "ns"),
    Fact("output_tokens_per_second", "Float64", "number", "time", "output tokens per second after the first token", "tokens/s"),
    Fact("time_per_output_token_ns", "UInt64", "integer", "time", "from one output token to the next, after the first", "ns"),
    Fact("queue_ns", "UInt64", "integer", "time", "waiting at the server before it was begun", "ns"),
    Fact("stall_ns", "UInt64", "integer", "time", "the longest wait between two chunks of a streamed answer", "ns"),
    Fact("self_ns", "UInt64", "integer", "time", "the part of duration_ns that none of its children covers", "ns"),
    Fact(
        "critical_ns",
        "UInt64",
        "integer",
        "time",
        "the part of its request's duration that the response waited for in this span itself",
        "ns",
    ),
    Fact("streamed", "Bool", "boolean", "time", "whether the answer was streamed"),
    # reliability
    Fact("status", LOW, "string", "reliability", "ok, error or unset", nullable=False),
    Fact("status_message", "String", "string", "reliability", "the sender's words on the status"),
    Fact(
        "error_type",
        LOW,
        "string",
        "reliability",
        "rate_limited, timeout, overloaded, context_length, content_filtered, auth, invalid_request, tool_error, cancelled,"
        " server_error or other; NULL without an error",
    ),
    Fact(
        "error_origin",
        "Bool",
        "boolean",
        "reliability",
        "whether the failure began here: nothing below failed too; NULL without a failure, and until the trace is settled",
    ),
    Fact(
        "silent_failure",
        LOW,
        "string",
        "reliability",
        "what failed and was not reported: empty_output, refusal, malformed_json, malformed_arguments, cut_off, tool_error_ignored or"
        " no_documents, the first of them that fits; NULL without one, and until the trace is settled",
    ),
    Fact("http_status", "UInt16", "integer", "reliability", "status code of the HTTP call underneath"),
    Fact("attempt", "UInt16", "integer", "reliability", "1 for the first try"),
    Fact("fallback_of", "String", "string", "reliability", "span_id of the failed call that this one stands in for"),
    Fact("tool_is_error", "Bool", "boolean", "reliability", "the tool reported an error, also inside a successful call"),
    Fact("served_from_cache", "Bool", "boolean", "reliability", "answered by the application's own cache"),
    # retrieval
    Fact("query", "String", "string", "retrieval", "what was searched for"),
    Fact("document_count", "UInt32", "integer", "retrieval", "how many documents came back", "documents"),
    Fact("top_score", "Float64", "number", "retrieval", "the best document's score"),
    Fact("mean_score", "Float64", "number", "retrieval", "the documents' mean score"),
    Fact("index_version", LOW, "string", "retrieval", "version of the index that was searched"),
    # prompts
    Fact("prompt_name", LOW, "string", "prompts", "name of the prompt template"),
    Fact("prompt_version", LOW, "string", "prompts", "version of the prompt template"),
    Fact(
        "config_hash", LOW, "string", "prompts", "fingerprint of system prompt, tools, model and parameters: equal when nothing was changed"
    ),
    # decisions
    Fact("decision", "String", "json", "decisions", "what was chosen, from what, why, how sure: a JSON object"),
    Fact("state", "String", "json", "decisions", "the step's state before and after: a JSON object"),
)

FACTS: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in _ROWS})
INHERITED: tuple[str, ...] = tuple(fact.name for fact in _ROWS if fact.inherited)
KINDS: tuple[str, ...] = (
    "request",
    "chain",
    "llm",
    "embedding",
    "retrieval",
    "rerank",
    "tool",
    "agent",
    "guardrail",
    "evaluator",
    "other",
)
STATUSES: tuple[str, ...] = ("ok", "error", "unset")
ERROR_TYPES: tuple[str, ...] = (
    "rate_limited",
    "timeout",
    "overloaded",
    "context_length",
    "content_filtered",
    "auth",
    "invalid_request",
    "tool_error",
    "cancelled",
    "server_error",
    "other",
)
FINISH_REASONS: tuple[str, ...] = ("stop", "length", "tool_calls", "content_filter", "error", "other")
SILENT_FAILURES: tuple[str, ...] = (
    "empty_output",
    "refusal",
    "malformed_json",
    "malformed_arguments",
    "cut_off",
    "tool_error_ignored",
    "no_documents",
)
"""The most serious first."""
