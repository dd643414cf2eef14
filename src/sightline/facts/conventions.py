"""How each instrumentation says each fact: fact × convention → sources, in the order to try them.

This table is the whole truth: the SQL that derives facts at ingest is generated from it (`_sql.py`). Conventions are tried in the
order of CONVENTIONS, a convention's sources in the order given here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CONVENTIONS = (
    "configured",
    "sightline",
    "genai",
    "openinference",
    "openllmetry",
    "langfuse",
    "vercel",
    "pydantic",
    "mlflow",
    "openlit",
    "litellm",
    "adk",
    "haystack",
    "langsmith",
    "genkit",
    "python",
    "resource",
)
"""The operator's own sources first, then Sightline's own attributes; `python` is an answer that a library sends as Python shows it;
`resource` is what the sender says of itself, not of the span."""

How = Literal[
    "text",
    "number",
    "boolean",
    "list",
    "json_text",
    "json_number",
    "json_boolean",
    "json_true",
    "pattern",
    "python_text",
    "python_number",
    "words",
    "event",
    "moment",
    "resource",
    "map_text",
]  # fmt: skip
When = Literal["", "answered", "failed", "snapshot", "alias"]


_CALLS = ("llm", "embedding")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact may stand: the attribute `key`, read as `how`; `scale` turns its unit into the fact's; `path` leads into JSON."""

    key: str
    how: How = "text"
    scale: float = 1
    path: tuple[str | int, ...] = ()
    only: tuple[str, ...] = ()
    """kinds that it holds for; empty for all"""
    when: When = ""
    """whether it holds only for calls that were answered, or that failed; only for a model's dated name in an answer, or for any other"""
    words: tuple[str, ...] = ()
    """values that mean true"""
    unless: tuple[str | int, ...] = ()
    """a path into the same JSON: where something stands there, this source says something else"""


def text(*keys: str, only: tuple[str, ...] = (), when: When = "") -> tuple[Source, ...]:
    """Text attributes; empty text is unknown."""
    return tuple(Source(key, "text", only=only, when=when) for key in keys)


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


def one_of(key: str, *words: str) -> tuple[Source, ...]:
    """True when a text attribute is one of the words; unknown when it is another."""
    return (Source(key, "words", words=words),)


def first_of_list(key: str) -> tuple[Source, ...]:
    """The first element of an array of text, also of one that was sent as JSON text."""
    return (Source(key, "list"),)


def json_text(key: str, *path: str | int, only: tuple[str, ...] = ()) -> tuple[Source, ...]:
    """Text inside JSON that was sent as text; numbers in the path count from 1."""
    return (Source(key, "json_text", path=path, only=only),)


def json_number(key: str, *path: str | int, only: tuple[str, ...] = ()) -> tuple[Source, ...]:
    """A number inside JSON that was sent as text."""
    return (Source(key, "json_number", path=path, only=only),)


def json_boolean(key: str, *path: str | int) -> tuple[Source, ...]:
    """A boolean inside JSON that was sent as text."""
    return (Source(key, "json_boolean", path=path),)


def json_true(key: str, *path: str | int) -> tuple[Source, ...]:
    """A true inside JSON that was sent as text; what is false there is unknown."""
    return (Source(key, "json_true", path=path),)


def pattern(key: str, expression: str) -> tuple[Source, ...]:
    """The number that a regular expression's one group finds in a text that is no JSON."""
    return (Source(key, "pattern", path=(expression,)),)


def python_text(*names: str) -> tuple[Source, ...]:
    """Text of one of these names in an answer that is sent as Python shows it: `stop_reason='end_turn'`, `{'stop_reason': 'end_turn'}`."""
    return (Source("output.value", "python_text", path=names, only=_CALLS),)


def python_number(*names: str) -> tuple[Source, ...]:
    """A whole number of one of these names in the usage of an answer that is sent as Python shows it: `usage=Usage(cached_tokens=1024)`."""
    return (Source("output.value", "python_number", path=names, only=_CALLS),)


def event(*names: str) -> tuple[Source, ...]:
    """Time from the span's start to its first event of that name, in ns."""
    return tuple(Source(name, "event") for name in names)


def moment(key: str) -> tuple[Source, ...]:
    """Time from the span's start to a moment that was sent as text, in ns."""
    return (Source(key, "moment"),)


def resource(*keys: str) -> tuple[Source, ...]:
    """Text attributes of the resource."""
    return tuple(Source(key, "resource") for key in keys)


_LANGFUSE_USAGE = "langfuse.observation.usage_details"
_MLFLOW_USAGE = "mlflow.chat.tokenUsage"
_LITELLM_USAGE = "metadata.usage_object"
_ADK_RESPONSE = "gcp.vertex.agent.llm_response"
_HAYSTACK_ANSWER = "haystack.component.output"
_LANGSMITH = ("generations", 1, 1, "message", "kwargs")
_GENKIT = "genkit:output"
_HAYSTACK_STEP = "haystack.agent.step.llm.output"

Sources = Mapping[str, Mapping[str, tuple[Source, ...]]]

SOURCES: Sources = {
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
        "genai": text("user.id", "enduser.id", "gen_ai.user.id", "gen_ai.user", "gen_ai.request.user"),
        "openllmetry": text("traceloop.association.properties.user_id", "llm.user"),
        "langfuse": text("langfuse.user.id"),
        "vercel": text("ai.telemetry.metadata.userId", "ai.settings.context.userId"),
        "mlflow": text("mlflow.trace.user"),
        "litellm": text("metadata.user_api_key_end_user_id"),
        "adk": text("gcp.vertex.agent.user_id"),
        "openinference": json_text("metadata", "user_id"),
        "langsmith": text("langsmith.metadata.user_id"),
    },
    "session_id": {
        "sightline": text("sightline.session_id"),
        "genai": text("gen_ai.conversation.id", "session.id"),
        "openllmetry": text("traceloop.association.properties.session_id"),
        "langfuse": text("langfuse.session.id"),
        "vercel": text("ai.telemetry.metadata.sessionId", "ai.settings.context.sessionId"),
        "mlflow": text("mlflow.trace.session"),
        "adk": text("gcp.vertex.agent.session_id"),
        "langsmith": text("langsmith.metadata.session_id", "langsmith.metadata.thread_id", "langsmith.metadata.conversation_id"),
        "openinference": (*json_text("metadata", "session_id"), *json_text("metadata", "thread_id")),
    },
    "tenant": {
        "sightline": text("sightline.tenant"),
        "genai": text("tenant.id", "deployment.tenant"),
        "openinference": json_text("metadata", "tenant"),
        "openllmetry": text("traceloop.association.properties.tenant"),
        "langfuse": json_text("langfuse.trace.metadata.tenant"),
        "vercel": text("ai.telemetry.metadata.tenant", "ai.settings.context.tenant"),
        "litellm": text("metadata.user_api_key_team_id", "metadata.user_api_key_org_id"),
        "langsmith": text("langsmith.metadata.tenant"),
    },
    "provider": {
        "sightline": text("sightline.provider"),
        "genai": text("gen_ai.provider.name", "gen_ai.system"),
        "openinference": text("llm.provider", "llm.system"),
        "vercel": text("ai.model.provider"),
        "mlflow": json_text("mlflow.llm.provider"),
    },
    "request_model": {
        "sightline": text("sightline.request_model"),
        "genai": text("gen_ai.request.model"),
        "openinference": (
            *text("llm.request.model_name", "embedding.model_name", "reranker.model_name"),
            # some put the whole answer here, which has an id and names the model that answered
            Source("llm.invocation_parameters", "json_text", path=("model",), unless=("id",)),
            Source("llm.invocation_parameters", "json_text", path=("model_name",), unless=("id",)),
            *json_text("input.value", "model", only=_CALLS),
            *text("llm.model_name", when="alias"),
        ),
        "openllmetry": text("llm.request.model"),
        "langfuse": text("langfuse.observation.model.name", when="failed"),
        "vercel": text("ai.model.id"),
        "pydantic": json_text("request_data", "model"),
        "mlflow": json_text("mlflow.spanInputs", "model", only=_CALLS),
        "adk": json_text("gcp.vertex.agent.llm_request", "model"),
        "genkit": text("genkit:name", only=_CALLS),
    },
    "response_model": {
        "sightline": text("sightline.response_model"),
        "genai": text("gen_ai.response.model"),
        "openinference": (
            *text("llm.response.model_name"),
            *json_text("output.value", "model", only=_CALLS),
            *json_text("output.value", "meta", "model", only=_CALLS),
            *json_text("output.value", "generations", 1, 1, "generation_info", "model_name", only=_CALLS),
            *json_text("output.value", "generations", 1, 1, "message", "kwargs", "response_metadata", "model_name", only=_CALLS),
            *text("llm.model_name", when="snapshot"),
        ),
        "openllmetry": text("llm.response.model"),
        "langfuse": text("langfuse.observation.model.name", when="answered"),
        "vercel": text("ai.response.model"),
        "pydantic": json_text("response_data", "model"),
        "mlflow": (*json_text("mlflow.spanOutputs", "model", only=_CALLS), Source("mlflow.llm.model", "json_text", when="snapshot")),
        "haystack": (
            *json_text(_HAYSTACK_ANSWER, "replies", 1, "meta", "model"),
            *json_text(_HAYSTACK_STEP, "replies", 1, "meta", "model"),
            *json_text(_HAYSTACK_ANSWER, "meta", "model"),
        ),
        "adk": json_text("gcp.vertex.agent.llm_response", "model_version"),
        "python": python_text("model", "model_version"),
        "langsmith": json_text("gen_ai.completion", *_LANGSMITH, "response_metadata", "model_name"),
    },
    "operation": {
        "genai": text("gen_ai.operation.name"),
        "vercel": text("ai.operationId"),
        "openllmetry": text("llm.request.type"),
    },
    "response_id": {
        "genai": text("gen_ai.response.id"),
        "openinference": (
            *json_text("output.value", "id", only=_CALLS),
            *json_text("output.value", "generations", 1, 1, "message", "kwargs", "response_metadata", "id", only=_CALLS),
        ),
        "langfuse": json_text("langfuse.observation.metadata.id"),
        "vercel": text("ai.response.id"),
        "mlflow": json_text("mlflow.spanOutputs", "id", only=_CALLS),
        "langsmith": json_text("gen_ai.completion", *_LANGSMITH, "response_metadata", "id"),
    },
    "region": {
        "sightline": text("sightline.region"),
        "genai": text("cloud.region"),
        "resource": resource("cloud.region"),
    },
    "service_tier": {
        "sightline": text("sightline.service_tier"),
        "genai": text("gen_ai.response.service_tier", "gen_ai.openai.response.service_tier", "openai.response.service_tier"),
        "openinference": json_text("output.value", "service_tier", only=_CALLS),
    },
    "temperature": {
        "genai": number("gen_ai.request.temperature"),
        "openinference": json_number("llm.invocation_parameters", "temperature"),
        "langfuse": json_number("langfuse.observation.model.parameters", "temperature"),
        "vercel": number("ai.settings.temperature"),
        "pydantic": json_number("request_data", "temperature"),
        "mlflow": json_number("mlflow.spanInputs", "temperature", only=_CALLS),
    },
    "max_tokens": {
        "genai": number("gen_ai.request.max_tokens"),
        "openinference": (
            *json_number("llm.invocation_parameters", "max_tokens"),
            *json_number("llm.invocation_parameters", "max_completion_tokens"),
        ),
        "langfuse": json_number("langfuse.observation.model.parameters", "max_tokens"),
        "vercel": number("ai.settings.maxOutputTokens", "ai.settings.maxTokens"),
        "pydantic": json_number("request_data", "max_tokens"),
        "mlflow": json_number("mlflow.spanInputs", "max_tokens", only=_CALLS),
        "openllmetry": number("gen_ai.request.max_completion_tokens"),
    },
    "finish_reason": {
        "sightline": text("sightline.finish_reason"),
        "genai": (
            *first_of_list("gen_ai.response.finish_reasons"),
            *text("anthropic.message.stop_reason", "gen_ai.response.finish_reason"),
            *json_text("gen_ai.output.messages", 1, "finish_reason"),
        ),
        "openinference": (
            *text("llm.finish_reason"),
            *json_text("output.value", "choices", 1, "finish_reason", only=_CALLS),
            *json_text("output.value", "stop_reason", only=_CALLS),
            *json_text("output.value", "generations", 1, 1, "generation_info", "finish_reason", only=_CALLS),
        ),
        "openllmetry": (
            *text(
                "llm.response.finish_reason", "gen_ai.completion.0.finish_reason", "gen_ai.response.stop_reason", "llm.response.stop_reason"
            ),
        ),
        "langfuse": json_text("langfuse.observation.metadata.finish_reason"),
        "vercel": text("ai.response.finishReason"),
        "pydantic": json_text("response_data", "finish_reason"),
        "mlflow": (
            *json_text("mlflow.spanOutputs", "choices", 1, "finish_reason", only=_CALLS),
            *json_text("mlflow.spanOutputs", "stop_reason", only=_CALLS),
        ),
        "adk": json_text("gcp.vertex.agent.llm_response", "finish_reason"),
        "haystack": (
            *json_text(_HAYSTACK_ANSWER, "replies", 1, "meta", "finish_reason"),
            *json_text(_HAYSTACK_STEP, "replies", 1, "meta", "finish_reason"),
        ),
        "python": python_text("finish_reason", "stop_reason"),
        "langsmith": json_text("gen_ai.completion", *_LANGSMITH, "response_metadata", "finish_reason"),
        "genkit": json_text(_GENKIT, "finishReason"),
    },
    "tool_name": {
        "sightline": text("sightline.tool_name"),
        "genai": text("gen_ai.tool.name", "mcp.tool.name"),
        "openinference": text("tool.name", "tool_call.function.name"),
        "openllmetry": text("traceloop.entity.name", only=("tool",)),
        "vercel": text("ai.toolCall.name"),
        "mlflow": json_text("mlflow.spanFunctionName", only=("tool",)),
        "haystack": text("haystack.tool.name"),
        "genkit": text("genkit:name", only=("tool",)),
    },
    "agent_name": {
        "genai": text("gen_ai.agent.name"),
        "openinference": text("agent.name"),
        "pydantic": text("agent_name"),
        "openllmetry": text("traceloop.entity.name", only=("agent",)),
    },
    "input_tokens": {
        "sightline": number("sightline.input_tokens"),
        "genai": number("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "gen_ai.response.prompt_tokens"),
        "openinference": (
            *number("llm.token_count.prompt"),
            *json_number("output.value", "usage", "prompt_tokens", only=_CALLS),
            *json_number("output.value", "meta", "usage", "prompt_tokens", only=_CALLS),
        ),
        "openllmetry": number("llm.usage.prompt_tokens"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "prompt_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_tokens"),
            *json_number(_LANGFUSE_USAGE, "input"),
        ),
        "vercel": number("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
        "pydantic": (*number("gen_ai.aggregated_usage.input_tokens"), *json_number("gen_ai.usage.raw", "input_tokens")),
        "mlflow": (*json_number(_MLFLOW_USAGE, "input_tokens"), *json_number("mlflow.spanOutputs", "usage", "prompt_tokens", only=_CALLS)),
        "haystack": (
            *json_number(_HAYSTACK_ANSWER, "replies", 1, "meta", "usage", "prompt_tokens"),
            *json_number(_HAYSTACK_STEP, "replies", 1, "meta", "usage", "prompt_tokens"),
            *json_number(_HAYSTACK_ANSWER, "meta", "usage", "prompt_tokens"),
        ),
        "adk": json_number(_ADK_RESPONSE, "usage_metadata", "prompt_token_count"),
        "python": python_number("prompt_tokens", "input_tokens", "prompt_token_count"),
        "genkit": json_number(_GENKIT, "usage", "inputTokens"),
    },
    "output_tokens": {
        "sightline": number("sightline.output_tokens"),
        "genai": number("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "gen_ai.response.completion_tokens"),
        "openinference": (*number("llm.token_count.completion"), *json_number("output.value", "usage", "completion_tokens", only=_CALLS)),
        "openllmetry": number("llm.usage.completion_tokens"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "completion_tokens"),
            *json_number(_LANGFUSE_USAGE, "output_tokens"),
            *json_number(_LANGFUSE_USAGE, "output"),
        ),
        "vercel": number("ai.usage.outputTokens", "ai.usage.completionTokens"),
        "pydantic": (*number("gen_ai.aggregated_usage.output_tokens"), *json_number("gen_ai.usage.raw", "output_tokens")),
        "mlflow": json_number(_MLFLOW_USAGE, "output_tokens"),
        "haystack": (
            *json_number(_HAYSTACK_ANSWER, "replies", 1, "meta", "usage", "completion_tokens"),
            *json_number(_HAYSTACK_STEP, "replies", 1, "meta", "usage", "completion_tokens"),
        ),
        "adk": json_number(_ADK_RESPONSE, "usage_metadata", "candidates_token_count"),
        "python": python_number("completion_tokens", "output_tokens", "candidates_token_count"),
        "genkit": json_number(_GENKIT, "usage", "outputTokens"),
    },
    "cache_read_tokens": {
        "sightline": number("sightline.cache_read_tokens"),
        "genai": number(
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.input_tokens.cached",
            "gen_ai.usage.input_token_details.cache_read",
        ),
        "openinference": (
            *number("llm.token_count.prompt_details.cache_read", "llm.token_count.prompt_details.cache_input"),
            *json_number("output.value", "usage", "prompt_tokens_details", "cached_tokens", only=_CALLS),
        ),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "prompt_tokens_details", "cached_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_tokens_details", "cached_tokens"),
            *json_number(_LANGFUSE_USAGE, "cache_read_input_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_cached_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_cache_read"),
        ),
        "vercel": number("ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens"),
        "pydantic": (
            *number("gen_ai.usage.details.cache_read_tokens", "gen_ai.aggregated_usage.cache_read.input_tokens"),
            *json_number("gen_ai.usage.raw", "cache_read_tokens"),
        ),
        "mlflow": json_number(_MLFLOW_USAGE, "cache_read_input_tokens"),
        "haystack": (
            *json_number(_HAYSTACK_ANSWER, "replies", 1, "meta", "usage", "prompt_tokens_details", "cached_tokens"),
            *json_number(_HAYSTACK_STEP, "replies", 1, "meta", "usage", "prompt_tokens_details", "cached_tokens"),
        ),
        "litellm": pattern(_LITELLM_USAGE, r"'cached_tokens': (\d+)"),
        "adk": json_number(_ADK_RESPONSE, "usage_metadata", "cached_content_token_count"),
        "python": python_number("cached_tokens", "cache_read_input_tokens", "cached_content_token_count"),
        "genkit": json_number(_GENKIT, "usage", "cachedContentTokens"),
        "langsmith": (
            *pattern("gen_ai.usage.input_token_details", r"'cache_read': (\d+)"),
            *json_number("gen_ai.completion", *_LANGSMITH, "usage_metadata", "input_token_details", "cache_read"),
        ),
    },
    "cache_write_tokens": {
        "sightline": number("sightline.cache_write_tokens"),
        "genai": number(
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
        ),
        "openinference": number("llm.token_count.prompt_details.cache_write"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "cache_creation_input_tokens"),
            *json_number(_LANGFUSE_USAGE, "input_cache_creation"),
        ),
        "vercel": number("ai.usage.inputTokenDetails.cacheWriteTokens"),
        "pydantic": number("gen_ai.usage.details.cache_write_tokens", "gen_ai.aggregated_usage.cache_creation.input_tokens"),
        "mlflow": json_number(_MLFLOW_USAGE, "cache_creation_input_tokens"),
        "litellm": pattern(_LITELLM_USAGE, r"'cache_(?:write|creation)_tokens': (\d+)"),
        "python": python_number("cache_creation_input_tokens", "cache_write_tokens"),
        "langsmith": (
            *pattern("gen_ai.usage.input_token_details", r"'cache_creation': (\d+)"),
            *json_number("gen_ai.completion", *_LANGSMITH, "usage_metadata", "input_token_details", "cache_creation"),
        ),
    },
    "cache_write_1h_tokens": {
        "sightline": number("sightline.cache_write_1h_tokens"),
        "genai": number("gen_ai.usage.cache_creation.ephemeral_1h_input_tokens"),
        "langfuse": json_number(_LANGFUSE_USAGE, "cache_creation", "ephemeral_1h_input_tokens"),
        "litellm": pattern(_LITELLM_USAGE, r"'ephemeral_1h_input_tokens': (\d+)"),
    },
    "reasoning_tokens": {
        "sightline": number("sightline.reasoning_tokens"),
        "genai": number("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.usage.output_tokens.reasoning"),
        "openinference": (
            *number("llm.token_count.completion_details.reasoning"),
            *json_number("output.value", "usage", "completion_tokens_details", "reasoning_tokens", only=_CALLS),
        ),
        "openllmetry": number("llm.usage.reasoning_tokens"),
        "langfuse": (
            *json_number(_LANGFUSE_USAGE, "completion_tokens_details", "reasoning_tokens"),
            *json_number(_LANGFUSE_USAGE, "output_tokens_details", "reasoning_tokens"),
            *json_number(_LANGFUSE_USAGE, "output_reasoning_tokens"),
            *json_number(_LANGFUSE_USAGE, "output_reasoning"),
        ),
        "vercel": number("ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens"),
        "pydantic": (
            *number("gen_ai.usage.details.reasoning_tokens", "gen_ai.aggregated_usage.details.reasoning_tokens"),
            *json_number("gen_ai.usage.raw", "completion_tokens_details", "reasoning_tokens"),
            *json_number("gen_ai.usage.raw", "output_tokens_details", "reasoning_tokens"),
        ),
        "mlflow": (
            *json_number("mlflow.spanOutputs", "usage", "completion_tokens_details", "reasoning_tokens", only=_CALLS),
            *json_number("mlflow.spanOutputs", "usage", "output_tokens_details", "reasoning_tokens", only=_CALLS),
        ),
        "litellm": pattern(_LITELLM_USAGE, r"'reasoning_tokens': (\d+)"),
        "adk": json_number(_ADK_RESPONSE, "usage_metadata", "thoughts_token_count"),
        "haystack": (
            *json_number(_HAYSTACK_ANSWER, "replies", 1, "meta", "usage", "completion_tokens_details", "reasoning_tokens"),
            *json_number(_HAYSTACK_STEP, "replies", 1, "meta", "usage", "completion_tokens_details", "reasoning_tokens"),
        ),
        "python": python_number("reasoning_tokens", "thoughts_token_count"),
        "genkit": json_number(_GENKIT, "usage", "thoughtsTokens"),
        "langsmith": (
            *pattern("gen_ai.usage.output_token_details", r"'reasoning': (\d+)"),
            *json_number("gen_ai.completion", *_LANGSMITH, "usage_metadata", "output_token_details", "reasoning"),
        ),
    },
    "input_audio_tokens": {
        "sightline": number("sightline.input_audio_tokens"),
        "openinference": number("llm.token_count.prompt_details.audio"),
        "langfuse": json_number(_LANGFUSE_USAGE, "prompt_tokens_details", "audio_tokens"),
        "pydantic": number("gen_ai.usage.details.input_audio_tokens"),
        "litellm": pattern(_LITELLM_USAGE, r"'prompt_tokens_details': \{[^}]*'audio_tokens': (\d+)"),
    },
    "output_audio_tokens": {
        "sightline": number("sightline.output_audio_tokens"),
        "openinference": number("llm.token_count.completion_details.audio"),
        "langfuse": json_number(_LANGFUSE_USAGE, "completion_tokens_details", "audio_tokens"),
        "pydantic": number("gen_ai.usage.details.output_audio_tokens"),
    },
    "input_image_tokens": {
        "sightline": number("sightline.input_image_tokens"),
        "genai": number("gen_ai.usage.input_image_tokens"),
        "openinference": number("llm.token_count.prompt_details.image"),
    },
    "output_image_tokens": {
        "sightline": number("sightline.output_image_tokens"),
        "genai": number("gen_ai.usage.output_image_tokens"),
        "openinference": number("llm.token_count.completion_details.image"),
    },
    "web_searches": {
        "sightline": number("sightline.web_searches"),
        "langfuse": json_number(_LANGFUSE_USAGE, "server_tool_use", "web_search_requests"),
        "pydantic": number("gen_ai.usage.details.web_search_requests"),
        "litellm": pattern(_LITELLM_USAGE, r"'web_search_requests': (\d+)"),
    },
    "reported_cost_usd": {
        "sightline": number("sightline.cost_usd"),
        "openinference": number("llm.cost.total"),
        "langfuse": json_number("langfuse.observation.cost_details", "total"),
        "pydantic": number("operation.cost"),
        "openlit": number("gen_ai.usage.cost"),
        "litellm": number("gen_ai.cost.total_cost"),
        "mlflow": json_number("mlflow.llm.cost", "total_cost"),
    },
    "revenue_usd": {"sightline": number("sightline.revenue_usd")},
    "ttft_ns": {
        "sightline": number("sightline.ttft_ns"),
        "genai": seconds(
            "gen_ai.response.time_to_first_chunk", "gen_ai.client.operation.time_to_first_chunk", "gen_ai.latency.time_to_first_token"
        ),
        "openinference": event("First Token Stream Event"),
        "openllmetry": event("gen_ai.content.completion.chunk", "llm.content.completion.chunk"),
        "vercel": (*milliseconds("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"), *event("ai.stream.firstChunk")),
        "langfuse": moment("langfuse.observation.completion_start_time"),
        "openlit": seconds("gen_ai.server.time_to_first_token"),
    },
    "time_per_output_token_ns": {
        "sightline": number("sightline.time_per_output_token_ns"),
        "genai": seconds("gen_ai.client.operation.time_per_output_chunk"),
        "openlit": seconds("gen_ai.server.time_per_output_token"),
    },
    "queue_ns": {
        "sightline": number("sightline.queue_ns"),
        "genai": seconds("gen_ai.latency.time_in_queue"),
    },
    "stall_ns": {"sightline": number("sightline.stall_ns")},
    "streamed": {
        "sightline": boolean("sightline.streamed"),
        "genai": boolean("gen_ai.request.stream", "gen_ai.request.is_stream"),
        "openinference": json_true("llm.invocation_parameters", "stream"),  # LangChain's says false of streams too
        "openllmetry": boolean("gen_ai.is_streaming", "llm.is_streaming"),
        "vercel": one_of("ai.operationId", "ai.streamText", "ai.streamText.doStream", "ai.streamObject", "ai.streamObject.doStream"),
        "pydantic": json_boolean("request_data", "stream"),
        "mlflow": json_boolean("mlflow.spanInputs", "stream"),
        "langsmith": boolean("langsmith.request.streaming"),
    },
    "http_status": {"genai": number("http.response.status_code", "http.status_code")},
    "attempt": {"sightline": number("sightline.attempt")},
    "fallback_of": {"sightline": text("sightline.fallback_of")},
    "tool_is_error": {
        "sightline": boolean("sightline.tool_is_error"),
        "genai": boolean("gen_ai.tool.is_error", "mcp.tool.is_error"),
    },
    "served_from_cache": {"sightline": boolean("sightline.served_from_cache"), "litellm": boolean("litellm.cache_hit")},
    "query": {
        "sightline": text("sightline.query"),
        "genai": text("gen_ai.retrieval.query.text"),
        "openinference": (*text("reranker.query"), *text("input.value", only=("retrieval",))),
        "langfuse": text("langfuse.observation.input", only=("retrieval",)),
        "openllmetry": text("db.vector.query.content"),
    },
    "index_version": {"sightline": text("sightline.index_version")},
    "prompt_name": {
        "sightline": text("sightline.prompt_name"),
        "genai": text("gen_ai.prompt.name"),
        "openinference": text("prompt.id"),
        "openllmetry": text("traceloop.prompt.key"),
        "langfuse": text("langfuse.observation.prompt.name"),
    },
    "prompt_version": {
        "sightline": text("sightline.prompt_version"),
        "genai": text("gen_ai.prompt.version"),
        "openinference": text("llm.prompt_template.version", "prompt.version"),
        "openllmetry": text("traceloop.prompt.version", "traceloop.prompt.version_name"),
        "langfuse": text("langfuse.observation.prompt.version"),
    },
    "decision": {"sightline": (*text("sightline.decision"), Source("sightline.decision", "map_text"))},
    "state": {"sightline": (*text("sightline.state"), Source("sightline.state", "map_text"))},
}

BESIDE: Mapping[str, tuple[tuple[str, tuple[str | int, ...]], ...]] = {
    "input_tokens": (
        (_LANGFUSE_USAGE, ("cache_read_input_tokens",)),
        (_LANGFUSE_USAGE, ("cache_creation_input_tokens",)),
        (_LANGFUSE_USAGE, ("input_cached_tokens",)),
        (_LANGFUSE_USAGE, ("input_cache_read",)),
        (_LANGFUSE_USAGE, ("input_cache_creation",)),
    ),
    "output_tokens": (
        (_LANGFUSE_USAGE, ("output_reasoning_tokens",)),
        (_LANGFUSE_USAGE, ("output_reasoning",)),
        (_ADK_RESPONSE, ("usage_metadata", "thoughts_token_count")),
    ),
}
"""Places in JSON whose presence means that the parts (cached input, reasoning) stand beside the count and are not in it.

Elsewhere they are in it, unless they exceed it: then they can't be.
"""

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
            "ai.rerank": "chain",
            "ai.rerank.doRerank": "rerank",
        },
    ),
    (
        "langsmith.span.kind",
        {
            "llm": "llm",
            "embedding": "embedding",
            "retriever": "retrieval",
            "tool": "tool",
            "chain": "chain",
            "prompt": "chain",
            "parser": "chain",
        },
    ),
    (
        "genkit:metadata:subtype",
        {
            "model": "llm",
            "embedder": "embedding",
            "retriever": "retrieval",
            "reranker": "rerank",
            "tool": "tool",
            "flow": "chain",
            "prompt": "chain",
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
            "embedding": "embedding",
            "responses": "llm",
            "completion": "llm",
            "response": "llm",
            "retrieval": "retrieval",
            "rerank": "rerank",
            "guardrail": "guardrail",
            "execute_tool": "tool",
            "invoke_agent": "agent",
            "create_agent": "agent",
            "invoke_workflow": "chain",
        },
    ),
    (
        "llm.request.type",
        {
            "chat": "llm",
            "completion": "llm",
            "acompletion": "llm",
            "text_completion": "llm",
            "atext_completion": "llm",
            "responses": "llm",
            "aresponses": "llm",
            "anthropic_messages": "llm",
            "embedding": "embedding",
            "aembedding": "embedding",
            "rerank": "rerank",
            "arerank": "rerank",
        },
    ),
    ("mcp.method.name", {"tools/call": "tool"}),
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
            '"GUARDRAIL"': "guardrail",
            '"EVALUATOR"': "evaluator",
            '"WORKFLOW"': "chain",
            '"TASK"': "chain",
            '"PARSER"': "chain",
            '"MEMORY"': "chain",
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
    "Cohere": "cohere",
    "MistralAI": "mistral_ai",
    "Ollama": "ollama",
    "Groq": "groq",
    "AWS": "aws.bedrock",
    "VertexAI": "gcp.vertex_ai",
    "Google": "gcp.gemini",
    # OpenTelemetry's former names
    "az.ai.inference": "azure.ai.inference",
    "gemini": "gcp.gemini",
    "vertex_ai": "gcp.vertex_ai",
    "xai": "x_ai",
    # OpenInference's
    "aws": "aws.bedrock",
    "azure": "azure.ai.openai",
    "google": "gcp.gemini",
    "mistralai": "mistral_ai",
    # Vercel's
    "amazon-bedrock": "aws.bedrock",
    "azure-openai.chat": "azure.ai.openai",
    "azure-openai.responses": "azure.ai.openai",
    "cohere.chat": "cohere",
    "cohere.textEmbedding": "cohere",
    "cohere.reranking": "cohere",
    "deepseek.chat": "deepseek",
    "google.vertex.anthropic.messages": "gcp.vertex_ai",
    "groq.chat": "groq",
    "mistral.chat": "mistral_ai",
    "mistral.embedding": "mistral_ai",
    "xai.chat": "x_ai",
    "xai.responses": "x_ai",
    # LangChain's and LiteLLM's
    "azure_openai": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "amazon_bedrock": "aws.bedrock",
    "google_genai": "gcp.gemini",
    "google_vertexai": "gcp.vertex_ai",
    "mistral": "mistral_ai",
    # frameworks that name themselves
    "strands-agents": "",
    "autogen": "",
    "crewai": "",
    "haystack": "",
    "langchain": "",
    "langgraph": "",
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
    "FinishReason.STOP": "stop",
    "FinishReason.LENGTH": "length",
    "FinishReason.TOOL_CALLS": "tool_calls",
    "FinishReason.CONTENT_FILTER": "content_filter",
    "SAFETY": "content_filter",
    "FinishReason.MAX_TOKENS": "length",
    "FinishReason.SAFETY": "content_filter",
    "model_context_window_exceeded": "length",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "BLOCKLIST": "content_filter",
    "SPII": "content_filter",
    "RECITATION": "content_filter",
    "ERROR_TOXIC": "content_filter",
    "TOOL_CALL": "tool_calls",
    "STOP_SEQUENCE": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "error": "error",
    "failed": "error",
    "ERROR": "error",
    "MALFORMED_FUNCTION_CALL": "error",
}
"""Everything else is `other`; the sender's word stays in the attributes."""

ERRORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "context_length",
        (
            "context.?length",
            "context.?window",
            "maximum context",
            "max.?context",
            "context.?overflow",
            "too many (input |total )?tokens",
            "(prompt|input|request) is too long",
            "max_tokens_exceeded",
            "exceeds? the (maximum|max) (number of )?(input )?tokens",
            "input token count",
            "token limit",
            "string_above_max_length",
            "input length and .?max_tokens.? exceed",
        ),
    ),
    (
        "content_filtered",
        (
            "content.?filter",
            "content.?policy",
            "responsible.?ai",
            "safety.?(system|violation|settings?|filter)",
            "moderation.?(block|fail)",
            "blocked.?prompt",
            "prompt.?blocked",
            "stopcandidate",
            "guardrail.?intervened",
            "prohibited_content",
            "finish.?reason[^a-z]*safety",
            "blocklist",
            "usage polic(y|ies)",
        ),
    ),
    (
        "rate_limited",
        (
            "rate.?limit",
            "too.?many.?requests",
            r"\b429\b",
            "resource.?exhausted",
            r"\bquota",
            "quota.?exceeded",
            "throttl",
            "tokens per (minute|day)",
            "requests per (minute|day)",
            "slow.?down",
            "concurrency.?limit",
            r"grpc:8\b",
        ),
    ),
    (
        "overloaded",
        (
            "overloaded",
            r"\b529\b",
            r"\b503\b",
            "service.?(is.?)?(temporarily.?)?unavailable",
            "no capacity",
            "at capacity",
            "over capacity",
            "capacity.?exceeded",
            r"\b(503|14) unavailable",
            "statuscode.unavailable",
            "grpc:unavailable",
            r"status\W+unavailable",
            "model.?not.?ready",
            "model is (currently )?loading",
            r"\bserver.?busy",
            "no healthy upstream",
            r"grpc:14\b",
        ),
    ),
    (
        "timeout",
        (
            "time.?out",
            "timed.?out",
            "deadline.?exceeded",
            r"\b504\b",
            r"\b408\b",
            r"\b524\b",
            r"grpc:4\b",
        ),
    ),
    (
        "cancelled",
        (
            "cancel+ed",
            "cancel+ation",
            "aborterror",
            "userabort",
            "request.?aborted",
            r"\bwas aborted",
            "keyboardinterrupt",
            "generatorexit",
            "client.?disconnect",
            "client.?closed.?request",
            r"\b499\b",
            r"grpc:1\b",
        ),
    ),
    (
        "auth",
        (
            "authenticat",
            "authoriz",
            "unauthori[sz]ed",
            "permission.?(denied|error)",
            "permissiondenied",
            "forbidden",
            "access.?denied",
            "invalid.?(api.?key|token)",
            "incorrect.?api.?key",
            "api.?key.?(not.?valid|invalid|missing)",
            "expired.?token",
            "unrecognizedclient",
            "no.?credentials",
            "credentials.?error",
            "billing",
            "credit.?balance",
            "payment.?required",
            "budget.?exceeded",
            r"\b40[123]\b",
            r"\b498\b",
            r"grpc:(7|16)\b",
        ),
    ),
    (
        "invalid_request",
        (
            "invalid.?request",
            "invalid.?argument",
            "bad.?request",
            "unprocessable",
            "validation.?(error|exception)",
            "not.?found",
            "unsupported",
            "failed.?precondition",
            "out.?of.?range",
            "already.?exists",
            "unimplemented",
            "not.?implemented",
            "method.?not.?allowed",
            "request.?(entity.?)?too.?large",
            "payload.?too.?large",
            "too.?many.?redirects",
            r"\b(400|404|405|406|409|410|413|415|422)\b",
            r"grpc:(3|5|6|9|11|12)\b",
        ),
    ),
    (
        "server_error",
        (
            "internal.?server",
            "server.?error",
            "internal.?error",
            "statuscode.(internal|unknown|aborted|data_loss)",
            "grpc:(internal|unknown|aborted)",
            r"api.?error\b",
            "modelerror",
            "model.?stream.?error",
            r"\b50[0-2]\b",
            r"\b52[0-3]\b",
            "bad.?gateway",
            "data.?loss",
            "connection.?(error|reset|refused|aborted|closed|broken)",
            "connect.?error",
            "connector.?error",
            "read.?error",
            "write.?error",
            "protocol.?error",
            "chunked.?encoding",
            "incomplete.?read",
            "broken.?pipe",
            "server.?disconnected",
            "disconnected.?error",
            "proxy.?error",
            "name.?resolution",
            "getaddrinfo",
            "max.?retries.?exceeded",
            "payload.?error",
            "peer closed",
            "end.?of.?stream",
            "closed.?resource",
            "sslerror",
            "ssl.?error",
            "endpointconnection",
            r"grpc:(2|10|13|15)\b",
        ),
    ),
    (
        "tool_error",
        (
            "tool.?(exception|error|retry|failed|execution.?error|call.?error)",
            "modelretry",
            "mcp.?error",
        ),
    ),
)
"""error_type ← the first of which a pattern is found in what was said of the failure, lower-cased; a tool's other errors are tool_error,
anyone else's other.

What was said: error.type, the status message, the exception's type and message, the HTTP status, and `grpc:N` for a gRPC status code.
"""

JSON_ASKED = (
    r'"type"\s*:\s*"json_(object|schema)"|"response_format"\s*:\s*"json|"response_?mime_?type"\s*:\s*"application/json"'
    r'|"output_mode"\s*:\s*"(native|prompted)"|"responseMimeType"\s*:\s*"application/json"'
)
"""Found in the parameters of a call that was asked to answer in JSON, whatever the provider."""

_CANNOT = r"(can.?(no)?t|can not|am unable to|.?m unable to|am not able to|.?m not able to|won.?t|will not)"
_REFUSED = (
    r"(help|assist|comply|fulfil+|provide|answer|respond|engage|support|participate|continue|discuss|share|generate|create|write"
    r"|produce|do that|with that|process)\b"
)
REFUSALS: tuple[str, ...] = (
    rf"^\W*(i.?m|i am) (very |so |really |truly )?(sorry|afraid)\b[^.!?\n]{{0,40}}?\bi {_CANNOT} {_REFUSED}",
    rf"^\W*(sorry|apologies|my apologies|i apologi[sz]e)\b[^.!?\n]{{0,40}}?\bi {_CANNOT} {_REFUSED}",
    rf"^\W*(unfortunately,? )?i {_CANNOT} {_REFUSED}",
    rf"^\W*as an ai\b[^.!?\n]{{0,60}}?\b(i )?({_CANNOT})\b",
    r"^\W*(es )?(tut mir leid|entschuldigung)\b[^.!?\n]{0,60}?\bkann ich\b[^.!?\n]{0,40}\b(nicht|leider)\b",
    r"^\W*(es )?(tut mir leid|entschuldigung)\b[^.!?\n]{0,20}?\bich kann\b[^.!?\n]{0,60}\bnicht (helfen|beantworten|unterstützen)",
    r"^\W*(je suis désolée?|désolée?|je regrette)\b[^.!?\n]{0,40}?\bje ne peux pas (vous )?(aider|répondre|fournir|assister)",
    r"^\W*lo siento\b[^.!?\n]{0,40}?\bno puedo (ayudar|responder|proporcionar|ayudarte|ayudarle|asistir)",
)
"""How a short answer begins, lower-cased, that refuses: a guess, in English, German, French and Spanish."""

REFUSAL_WORDS: tuple[str, ...] = (
    *("sorry", "afraid", "apolog", "i can", "unable", "not able", "i won", "i will not", "as an ai"),
    *("leid", "entschuldigung", "désolé", "regrette", "lo siento"),
)
"""Each of REFUSALS holds one of these: an answer without them needs no closer look."""

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
    "events",
    "model_request_parameters",
    "haystack.pipeline.input_data",
    "haystack.pipeline.output_data",
    "tool_arguments",
    "gen_ai.tool.args",
    "ai.value",
    "ai.values",
    "mlflow.chat.tools",
    "tool_response",
    "gcp.vertex.agent.llm_request",
    "gcp.vertex.agent.llm_response",
    "gcp.vertex.agent.tool_call_args",
    "gcp.vertex.agent.tool_response",
    "gcp.vertex.agent.data",
    "genkit:input",
    "genkit:output",
    "ai.documents",
    "ai.ranking",
    "ai.response.reasoning",
    "mcp.request.argument",
    "mcp.response.value",
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
    "llm.request.functions.",
    "haystack.agent.",
    "haystack.component.",
)

NO_CALLS: tuple[tuple[str, str, bool], ...] = (
    ("openinference.instrumentation.llama_index", "%._prepare_chat_with_tools", False),
    ("logfire.%", "%", True),
)
"""(scope, span name, only without a usage) of spans that call themselves LLM calls and are none: their kind is chain.

LlamaIndex prepares a call in a span of its own; Logfire tells of a stream twice, its beginning without and its end with what it used.
"""

LATE_CLOCKS: tuple[str, ...] = ("openlit.%",)
"""Scopes whose time to the first token of a stream runs from the answer's beginning: settling adds the time that the HTTP client waited."""

ESTIMATES: tuple[str, ...] = ("openlit.instrumentation.openai",)
"""Scopes that count the tokens of a stream themselves when the provider did not, and then say nothing of its cache: no count is known."""

NAMED_KINDS: tuple[tuple[str, str, str, str], ...] = (
    ("haystack", "name", "haystack.agent.step.llm", "llm"),
    ("haystack", "name", "haystack.agent.step.tool", "tool"),
    ("haystack", "name", "haystack.agent.%", "agent"),
    ("haystack", "attr_content['haystack.component.type']", "%Generator", "llm"),
    ("haystack", "attr_content['haystack.component.type']", "%Embedder", "embedding"),
    ("haystack", "attr_content['haystack.component.type']", "%Retriever", "retrieval"),
    ("haystack", "attr_content['haystack.component.type']", "%Ranker", "rerank"),
    ("haystack", "name", "haystack.%", "chain"),
    ("pydantic-ai", "name", "running tool", "tool"),
    ("pydantic-ai", "name", "running %", "chain"),
    ("pydantic-ai", "name", "agent run", "agent"),
)
"""(scope, SQL of what is asked, pattern, kind) of spans whose attributes say no kind."""
