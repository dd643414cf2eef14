"""How each instrumentation says each fact: fact × convention → sources, in the order to try them.

This table is the whole truth: the SQL that derives facts at ingest is generated from it (`_sql.py`). Conventions are tried in the
order of CONVENTIONS, a convention's sources in the order given here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CONVENTIONS = (
    "sightline",
    "genai",
    "openinference",
    "openllmetry",
    "langfuse",
    "vercel",
    "pydantic",
    "mlflow",
    "openlit",
    "resource",
)
"""Sightline's own attributes first; `resource` is what the sender says of itself rather than of the span."""

How = Literal["text", "number", "boolean", "list", "json_text", "json_number", "event", "resource", "map_text"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact may stand: the attribute `key`, read as `how`; `scale` turns its unit into the fact's; `path` leads into JSON."""

    key: str
    how: How = "text"
    scale: float = 1
    path: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """kinds that it holds for; empty for all"""


def text(*keys: str, only: tuple[str, ...] = ()) -> tuple[Source, ...]:
    """Text attributes; empty text is unknown."""
    return tuple(Source(key, "text", only=only) for key in keys)


def number(*keys: str, scale: float = 1) -> tuple[Source, ...]:
    """Numbers, sent as integer, double or numeric text."""
    return tuple(Source(key, "number", scale=scale) for key in keys)


def seconds(*keys: str) -> tuple[Source, ...]:
    """Numbers of seconds, for a fact in nanoseconds."""
    return number(*keys, scale=1e9)


def milliseconds(*keys: str) -> tuple[Source, ...]:
    """Numbers of milliseconds, for a fact in nanoseconds."""
    return number(*keys, scale=1e6)


def boolean(*keys: str) -> tuple[Source, ...]:
    """Booleans, sent as such or as the text true or false."""
    return tuple(Source(key, "boolean") for key in keys)


def first_of_list(key: str) -> tuple[Source, ...]:
    """The first element of an array of text."""
    return (Source(key, "list"),)


def json_text(key: str, *path: str) -> tuple[Source, ...]:
    """Text inside a JSON object that was sent as text."""
    return (Source(key, "json_text", path=path),)


def json_number(key: str, *path: str) -> tuple[Source, ...]:
    """A number inside a JSON object that was sent as text."""
    return (Source(key, "json_number", path=path),)


def event(*names: str) -> tuple[Source, ...]:
    """Time from the span's start to its first event of that name, in ns."""
    return tuple(Source(name, "event") for name in names)


def resource(*keys: str) -> tuple[Source, ...]:
    """Text attributes of the resource."""
    return tuple(Source(key, "resource") for key in keys)


_LANGFUSE_USAGE = "langfuse.observation.usage_details"

SOURCES: Mapping[str, Mapping[str, tuple[Source, ...]]] = {
    "service": {"resource": resource("service.name")},
    "environment": {
        "sightline": text("sightline.environment"),
        "genai": text("deployment.environment.name", "deployment.environment"),
        "langfuse": text("langfuse.environment"),
        "resource": resource("deployment.environment.name", "deployment.environment"),
    },
    "release": {
        "sightline": text("sightline.release"),
        "langfuse": text("langfuse.release"),
        "resource": resource("service.version"),
    },
    "stage": {
        "sightline": text("sightline.stage"),
        "openllmetry": text("traceloop.entity.name"),
        "vercel": text("ai.telemetry.functionId"),
    },
    "task": {
        "sightline": text("sightline.task"),
        "genai": text("gen_ai.workflow.name"),
        "openllmetry": text("traceloop.workflow.name"),
        "langfuse": text("langfuse.trace.name"),
    },
    "feature": {"sightline": text("sightline.feature")},
    "user_id": {
        "sightline": text("sightline.user_id"),
        "genai": text("user.id", "enduser.id"),
        "openllmetry": text("traceloop.association.properties.user_id"),
        "langfuse": text("langfuse.user.id"),
        "vercel": text("ai.telemetry.metadata.userId"),
    },
    "session_id": {
        "sightline": text("sightline.session_id"),
        "genai": text("gen_ai.conversation.id", "session.id"),
        "openllmetry": text("traceloop.association.properties.session_id"),
        "langfuse": text("langfuse.session.id"),
        "vercel": text("ai.telemetry.metadata.sessionId"),
    },
    "tenant": {
        "sightline": text("sightline.tenant"),
        "genai": text("tenant.id", "deployment.tenant"),
        "openinference": json_text("metadata", "tenant"),
        "openllmetry": text("traceloop.association.properties.tenant"),
        "langfuse": text("langfuse.trace.metadata.tenant"),
        "vercel": text("ai.telemetry.metadata.tenant"),
    },
    "provider": {
        "sightline": text("sightline.provider"),
        "genai": text("gen_ai.provider.name", "gen_ai.system"),
        "openinference": text("llm.provider", "llm.system"),
        "vercel": text("ai.model.provider"),
    },
    "request_model": {
        "sightline": text("sightline.request_model"),
        "genai": text("gen_ai.request.model"),
        "openinference": (
            *text("llm.request.model_name", "embedding.model_name", "reranker.model_name"),
            *json_text("llm.invocation_parameters", "model"),
        ),
        "openllmetry": text("llm.request.model"),
        "vercel": text("ai.model.id"),
    },
    "response_model": {
        "sightline": text("sightline.response_model"),
        "genai": text("gen_ai.response.model"),
        "openinference": text("llm.response.model_name", "llm.model_name"),
        "openllmetry": text("llm.response.model"),
        "langfuse": text("langfuse.observation.model.name"),
        "vercel": text("ai.response.model"),
    },
    "operation": {
        "genai": text("gen_ai.operation.name"),
        "vercel": text("ai.operationId"),
        "openllmetry": text("llm.request.type"),
    },
    "response_id": {"genai": text("gen_ai.response.id"), "vercel": text("ai.response.id")},
    "temperature": {
        "genai": number("gen_ai.request.temperature"),
        "openinference": json_number("llm.invocation_parameters", "temperature"),
        "langfuse": json_number("langfuse.observation.model.parameters", "temperature"),
        "vercel": number("ai.settings.temperature"),
    },
    "max_tokens": {
        "genai": number("gen_ai.request.max_tokens"),
        "openinference": (
            *json_number("llm.invocation_parameters", "max_tokens"),
            *json_number("llm.invocation_parameters", "max_completion_tokens"),
        ),
        "langfuse": json_number("langfuse.observation.model.parameters", "max_tokens"),
        "vercel": number("ai.settings.maxOutputTokens", "ai.settings.maxTokens"),
    },
    "finish_reason": {
        "genai": first_of_list("gen_ai.response.finish_reasons"),
        "openinference": text("llm.finish_reason"),
        "openllmetry": text("llm.response.finish_reason", "gen_ai.completion.0.finish_reason"),
        "langfuse": text("langfuse.observation.metadata.finish_reason"),
        "vercel": text("ai.response.finishReason"),
        "openlit": text("anthropic.message.stop_reason"),
    },
    "tool_name": {
        "sightline": text("sightline.tool_name"),
        "genai": text("gen_ai.tool.name"),
        "openinference": text("tool.name", "tool_call.function.name"),
        "openllmetry": text("traceloop.entity.name", only=("tool",)),
        "vercel": text("ai.toolCall.name"),
    },
    "agent_name": {"genai": text("gen_ai.agent.name"), "openinference": text("agent.name")},
    "input_tokens": {
        "sightline": number("sightline.input_tokens"),
        "genai": number("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        "openinference": number("llm.token_count.prompt"),
        "openllmetry": number("llm.usage.prompt_tokens"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "prompt_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_tokens"),
            *json_number(_LANGFUSE_USAGE, "input"),
        ),
        "vercel": number("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
    },
    "output_tokens": {
        "sightline": number("sightline.output_tokens"),
        "genai": number("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        "openinference": number("llm.token_count.completion"),
        "openllmetry": number("llm.usage.completion_tokens"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "completion_tokens"),
            *json_number(_LANGFUSE_USAGE, "output_tokens"),
            *json_number(_LANGFUSE_USAGE, "output"),
        ),
        "vercel": number("ai.usage.outputTokens", "ai.usage.completionTokens"),
    },
    "cache_read_tokens": {
        "genai": number("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"),
        "openinference": number("llm.token_count.prompt_details.cache_read"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "prompt_tokens_details", "cached_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_tokens_details", "cached_tokens"),
            *json_number(_LANGFUSE_USAGE, "cache_read_input_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_cached_tokens"),
        ),
        "vercel": number("ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens"),
        "pydantic": number("gen_ai.usage.details.cache_read_tokens"),
    },
    "cache_write_tokens": {
        "genai": number(
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
        ),
        "openinference": number("llm.token_count.prompt_details.cache_write"),
        "langfuse": json_number(_LANGFUSE_USAGE, "cache_creation_input_tokens"),
        "vercel": number("ai.usage.inputTokenDetails.cacheWriteTokens"),
        "pydantic": number("gen_ai.usage.details.cache_write_tokens"),
    },
    "reasoning_tokens": {
        "genai": number("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
        "openinference": number("llm.token_count.completion_details.reasoning"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "completion_tokens_details", "reasoning_tokens"),
            *json_number(_LANGFUSE_USAGE, "output_tokens_details", "reasoning_tokens"),
        ),
        "vercel": number("ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens"),
        "pydantic": number("gen_ai.usage.details.reasoning_tokens"),
    },
    "revenue_usd": {"sightline": number("sightline.revenue_usd")},
    "ttft_ns": {
        "sightline": number("sightline.ttft_ns"),
        "genai": seconds("gen_ai.response.time_to_first_chunk", "gen_ai.client.operation.time_to_first_chunk"),
        "openinference": event("First Token Stream Event"),
        "openllmetry": event("gen_ai.content.completion.chunk", "llm.content.completion.chunk"),
        "vercel": (*milliseconds("ai.response.msToFirstChunk"), *event("ai.stream.firstChunk")),
        "openlit": seconds("gen_ai.server.time_to_first_token"),
    },
    "streamed": {
        "sightline": boolean("sightline.streamed"),
        "genai": boolean("gen_ai.request.stream"),
        "openllmetry": boolean("gen_ai.is_streaming", "llm.is_streaming"),
    },
    "http_status": {"genai": number("http.response.status_code", "http.status_code")},
    "attempt": {"sightline": number("sightline.attempt")},
    "fallback_of": {"sightline": text("sightline.fallback_of")},
    "tool_is_error": {
        "sightline": boolean("sightline.tool_is_error"),
        "genai": boolean("gen_ai.tool.is_error", "mcp.tool.is_error"),
    },
    "served_from_cache": {"sightline": boolean("sightline.served_from_cache")},
    "query": {
        "sightline": text("sightline.query"),
        "genai": text("gen_ai.retrieval.query.text"),
        "openinference": (*text("reranker.query"), *text("input.value", only=("retrieval",))),
        "langfuse": text("langfuse.observation.input", only=("retrieval",)),
    },
    "index_version": {"sightline": text("sightline.index_version")},
    "prompt_name": {
        "sightline": text("sightline.prompt_name"),
        "genai": text("gen_ai.prompt.name"),
        "openllmetry": text("traceloop.prompt.key"),
        "langfuse": text("langfuse.observation.prompt.name"),
    },
    "prompt_version": {
        "sightline": text("sightline.prompt_version"),
        "genai": text("gen_ai.prompt.version"),
        "openinference": text("llm.prompt_template.version"),
        "openllmetry": text("traceloop.prompt.version"),
        "langfuse": text("langfuse.observation.prompt.version"),
    },
    "decision": {"sightline": (*text("sightline.decision"), Source("sightline.decision", "map_text"))},
    "state": {"sightline": (*text("sightline.state"), Source("sightline.state", "map_text"))},
}

KIND_KEYS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("sightline.kind", {}),
    (
        "openinference.span.kind",
        {
            "LLM": "llm",
            "EMBEDDING": "embedding",
            "RETRIEVER": "retrieval",
            "RERANKER": "rerank",
            "TOOL": "tool",
            "AGENT": "agent",
            "CHAIN": "chain",
            "PROMPT": "chain",
            "GUARDRAIL": "guardrail",
            "EVALUATOR": "evaluator",
        },
    ),
    (
        "langfuse.observation.type",
        {
            "generation": "llm",
            "embedding": "embedding",
            "retriever": "retrieval",
            "tool": "tool",
            "agent": "agent",
            "chain": "chain",
            "guardrail": "guardrail",
            "evaluator": "evaluator",
            "span": "chain",
        },
    ),
    (
        "ai.operationId",
        {
            "ai.generateText": "chain",
            "ai.streamText": "chain",
            "ai.generateObject": "chain",
            "ai.streamObject": "chain",
            "ai.generateText.doGenerate": "llm",
            "ai.streamText.doStream": "llm",
            "ai.generateObject.doGenerate": "llm",
            "ai.streamObject.doStream": "llm",
            "ai.embed": "chain",
            "ai.embedMany": "chain",
            "ai.embed.doEmbed": "embedding",
            "ai.embedMany.doEmbed": "embedding",
            "ai.toolCall": "tool",
        },
    ),
    ("traceloop.span.kind", {"workflow": "chain", "task": "chain", "agent": "agent", "tool": "tool"}),
    (
        "gen_ai.operation.name",
        {
            "chat": "llm",
            "text_completion": "llm",
            "generate_content": "llm",
            "embeddings": "embedding",
            "retrieval": "retrieval",
            "rerank": "rerank",
            "guardrail": "guardrail",
            "execute_tool": "tool",
            "invoke_agent": "agent",
            "create_agent": "agent",
            "invoke_workflow": "chain",
        },
    ),
    ("llm.request.type", {"chat": "llm", "completion": "llm", "embedding": "embedding", "rerank": "rerank"}),
    (
        "mlflow.spanType",
        {
            '"CHAT_MODEL"': "llm",
            '"LLM"': "llm",
            '"EMBEDDING"': "embedding",
            '"RETRIEVER"': "retrieval",
            '"RERANKER"': "rerank",
            '"TOOL"': "tool",
            '"AGENT"': "agent",
            '"CHAIN"': "chain",
        },
    ),
)
"""Attribute → its values → kind, in the order to ask. An empty table means: the kinds' own names."""

PROVIDERS: Mapping[str, str] = {
    "openai.chat": "openai",
    "openai.responses": "openai",
    "openai.completion": "openai",
    "openai.embedding": "openai",
    "OpenAI": "openai",
    "anthropic.messages": "anthropic",
    "Anthropic": "anthropic",
    "google.generative-ai": "gcp.gemini",
    "google.vertex.chat": "gcp.vertex_ai",
    "az.ai.openai": "azure.ai.openai",
    "azure.chat": "azure.ai.openai",
    "azure.responses": "azure.ai.openai",
}
"""Senders' words for providers that have a well-known name; others stay as sent."""

FINISH_REASONS: Mapping[str, str] = {
    "stop": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "STOP": "stop",
    "COMPLETE": "stop",
    "complete": "stop",
    "completed": "stop",
    "length": "length",
    "max_tokens": "length",
    "MAX_TOKENS": "length",
    "model_length": "length",
    "max_output_tokens": "length",
    "tool_calls": "tool_calls",
    "tool_call": "tool_calls",
    "tool-calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "content-filter": "content_filter",
    "refusal": "content_filter",
    "SAFETY": "content_filter",
    "error": "error",
    "failed": "error",
}
"""Everything else is `other`; the sender's word stays in the attributes."""

ERRORS: tuple[tuple[str, str], ...] = (
    ("context_length", r"context.?length|maximum context|context window|too many tokens|prompt is too long|max_tokens_exceeded"),
    ("content_filtered", r"content.?filter|content.?policy|responsible.?ai|safety.?(system|violation)|moderation.?block"),
    ("rate_limited", r"rate.?limit|too many requests|\b429\b|resource.?exhausted|quota|throttl"),
    ("overloaded", r"overloaded|\b529\b|\b503\b|service.?unavailable|no capacity|at capacity"),
    ("timeout", r"time.?out|timed out|deadline.?exceeded|\b504\b|\b408\b"),
    ("cancelled", r"cancel+ed|aborted|keyboardinterrupt|generatorexit|client disconnected"),
    ("auth", r"authenticat|unauthori[sz]ed|permission.?denied|forbidden|invalid.?api.?key|\b401\b|\b403\b"),
    (
        "server_error",
        r"internal.?server|server.?error|\b50[02]\b|bad gateway|connection.?(error|reset|refused)|remoteprotocolerror",
    ),
    ("invalid_request", r"invalid.?request|bad.?request|unprocessable|validation.?error|not.?found|\b400\b|\b404\b|\b422\b"),
)
"""error_type ← the first pattern found in what was said of the failure, lower-cased; a tool's other errors are tool_error."""

CONTENT_KEYS: tuple[str, ...] = (
    "input.value",
    "output.value",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.retrieval.documents",
    "gen_ai.prompt",
    "gen_ai.completion",
    "llm.prompt_template.template",
    "llm.prompt_template.variables",
    "tool.parameters",
    "traceloop.entity.input",
    "traceloop.entity.output",
    "langfuse.observation.input",
    "langfuse.observation.output",
    "langfuse.trace.input",
    "langfuse.trace.output",
    "ai.prompt",
    "ai.prompt.messages",
    "ai.prompt.tools",
    "ai.response.text",
    "ai.response.object",
    "ai.response.toolCalls",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "pydantic_ai.all_messages",
    "all_messages_events",
    "final_result",
    "request_data",
    "response_data",
    "mlflow.spanInputs",
    "mlflow.spanOutputs",
    "tool_arguments",
    "tool_response",
    "sightline.decision",
    "sightline.state",
)
"""Attributes that are content whatever their length: they are kept in `payloads`, expire earlier, and are read with the span."""

CONTENT_PREFIXES: tuple[str, ...] = (
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.tools.",
    "llm.prompts.",
    "retrieval.documents.",
    "reranker.",
    "embedding.embeddings.",
    "gen_ai.prompt.",
    "gen_ai.completion.",
    "traceloop.prompt.",
)
