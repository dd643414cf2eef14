"""Each library's documented words for a fact, as the engine reads them: one span each, all in one trace."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.otlp import new_id, span, traces
from tests.running import Server, eventually

PROJECT = "conventions"
LLM = {"openinference.span.kind": "LLM"}
CHAT = {"gen_ai.operation.name": "chat"}
LANGSMITH = {"langsmith.span.kind": "llm"}
GENKIT = {"genkit:metadata:subtype": "model", "genkit:name": "googleai/gemini-2.5-flash"}


def langchain_answer(**message: object) -> str:
    """An answer as LangChain serialises it."""
    return json.dumps(
        {"generations": [[{"text": "Four degrees.", "message": {"lc": 1, "kwargs": {"content": "Four degrees.", **message}}}]]}
    )


def haystack_reply(content: str, meta: str) -> str:
    """An answer as OpenInference sends it for Haystack: a message as Python shows it, inside JSON."""
    said = f"ChatMessage(_role=<ChatRole.ASSISTANT: 'assistant'>, _content=[{content}], _name=None, _meta={meta})"
    return json.dumps({"replies": [said]})


def raw_answer(content: str, *, usage: str = "CompletionUsage(prompt_tokens=9, reasoning_tokens=2, cached_tokens=4)") -> str:
    """An answer as OpenInference sends it for smolagents: the provider's own object as Python shows it, inside JSON."""
    choice = f"Choice(finish_reason='stop', message=Message(content={content}))"
    shown = f"ChatCompletion(id='c-1', choices=[{choice}], model='m-2026', usage={usage})"
    return json.dumps({"role": "assistant", "content": "-", "raw": shown})


USAGE = (
    "{'usage': {'prompt_tokens': 9, 'completion_tokens_details': {'reasoning_tokens': 2}, 'cached_tokens': 4}, 'finish_reason': 'length'}"
)
FORGED = "usage=Usage(cached_tokens=77), 'usage': {'cached_tokens': 77"
GIVEN = json.dumps({"usage": {"cached_tokens": 77}}).replace('"', "'")

CASES: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    # a provider's answer as Python shows it
    (
        "python_in_json",
        LLM | {"output.value": raw_answer("'Four degrees.'")},
        {"input_tokens": 9, "cache_read_tokens": 4, "reasoning_tokens": 2, "finish_reason": "stop", "response_model": "m-2026"},
    ),
    (
        "python_dict_in_json",
        LLM | {"output.value": haystack_reply("TextContent(text='Four.')", USAGE)},
        {"input_tokens": 9, "cache_read_tokens": 4, "reasoning_tokens": 2, "finish_reason": "length"},
    ),
    ("python_quoting", LLM | {"output.value": raw_answer("\"it's \\'cached_tokens\\': 5\"")}, {"cache_read_tokens": 4}),
    (
        "python_forged_by_an_answer",
        LLM | {"output.value": raw_answer(repr(FORGED), usage="CompletionUsage(prompt_tokens=9)")},
        {"input_tokens": 9, "cache_read_tokens": None},
    ),
    (
        "python_forged_by_a_tools_arguments",
        LLM | {"output.value": haystack_reply(f"ToolCall(tool_name='t', arguments={GIVEN})", "{'usage': {'prompt_tokens': 9}}")},
        {"input_tokens": 9, "cache_read_tokens": None},
    ),
    (
        "python_cut_off",
        LLM | {"output.value": json.dumps({"raw": "ChatCompletion(content='usage=Usage(cached_tokens=77"})},
        {"cache_read_tokens": None},
    ),
    (
        "python_said_by_a_text_generator",
        LLM | {"output.value": json.dumps({"replies": ["Say(usage=Usage(cached_tokens=77))"], "meta": [{}]})},
        {"cache_read_tokens": None},
    ),
    ("python_as_the_answer_itself", LLM | {"output.value": "Say(usage=Usage(cached_tokens=77))"}, {"cache_read_tokens": None}),
    # LangSmith's exporter
    ("langsmith_kind", {"langsmith.span.kind": "retriever", "gen_ai.operation.name": "embedding"}, {"kind": "retrieval"}),
    (
        "langsmith_details",
        LANGSMITH
        | {
            "gen_ai.usage.input_tokens": 1187,
            "gen_ai.usage.output_tokens": 46,
            "gen_ai.usage.input_token_details": "{'audio': 0, 'cache_read': 1024, 'cache_creation': 100}",
            "gen_ai.usage.output_token_details": "{'reasoning': 20}",
            "langsmith.request.streaming": "True",
            "langsmith.metadata.thread_id": "s-42",
            "langsmith.metadata.user_id": "u-17",
        },
        {
            "kind": "llm",
            "input_tokens": 1187,
            "cache_read_tokens": 1024,
            "cache_write_tokens": 100,
            "reasoning_tokens": 20,
            "streamed": True,
            "session_id": "s-42",
            "user_id": "u-17",
        },
    ),
    (
        "langsmith_answer",
        LANGSMITH
        | {
            "gen_ai.completion": langchain_answer(
                response_metadata={"model_name": "gpt-4o-mini-2026-01-15", "finish_reason": "stop", "id": "c-9"},
                usage_metadata={"input_token_details": {"cache_read": 8}, "output_token_details": {"reasoning": 3}},
            )
        },
        {
            "response_model": "gpt-4o-mini-2026-01-15",
            "finish_reason": "stop",
            "response_id": "c-9",
            "cache_read_tokens": 8,
            "reasoning_tokens": 3,
        },
    ),
    # Genkit
    (
        "genkit",
        GENKIT
        | {
            "genkit:output": json.dumps(
                {
                    "message": {"role": "model", "content": [{"text": "Four degrees."}]},
                    "finishReason": "stop",
                    "usage": {"inputTokens": 12, "outputTokens": 5, "thoughtsTokens": 2, "cachedContentTokens": 4},
                }
            )
        },
        {
            "kind": "llm",
            "request_model": "googleai/gemini-2.5-flash",
            "input_tokens": 12,
            "output_tokens": 5,
            "reasoning_tokens": 2,
            "cache_read_tokens": 4,
            "finish_reason": "stop",
        },
    ),
    ("genkit_tool", {"genkit:metadata:subtype": "tool", "genkit:name": "weather"}, {"kind": "tool", "tool_name": "weather"}),
    # Vercel's AI SDK, versions 4 to 7
    (
        "vercel_rerank",
        {
            "ai.operationId": "ai.rerank.doRerank",
            "ai.documents": ['"Refunds take five days."', '"Parcels leave Oslo."'],
            "ai.ranking": ['{"index": 1, "relevanceScore": 0.9}', '{"index": 0, "relevanceScore": 0.1}'],
        },
        {"kind": "rerank", "document_count": 2, "top_score": 0.9},
    ),
    ("vercel_older_ttft", {"ai.operationId": "ai.streamText.doStream", "ai.stream.msToFirstChunk": 40}, {"ttft_ns": 40_000_000}),
    (
        "vercel_context",
        {"ai.settings.context.userId": "u-17", "ai.settings.context.sessionId": "s-42", "ai.settings.context.tenant": "acme"},
        {"user_id": "u-17", "session_id": "s-42", "tenant": "acme"},
    ),
    # OpenLLMetry, LiteLLM
    ("openllmetry_stop", CHAT | {"llm.response.stop_reason": "max_tokens"}, {"finish_reason": "length"}),
    ("openllmetry_limit", CHAT | {"gen_ai.request.max_completion_tokens": 64}, {"max_tokens": 64}),
    ("openllmetry_agent", {"traceloop.span.kind": "agent", "traceloop.entity.name": "scout"}, {"agent_name": "scout"}),
    ("litellm_user", {"llm.request.type": "acompletion", "llm.user": "u-17"}, {"kind": "llm", "user_id": "u-17"}),
    ("litellm_responses", {"llm.request.type": "aresponses"}, {"kind": "llm"}),
    # the others
    ("openinference_metadata", LLM | {"metadata": '{"user_id": "u-17", "thread_id": "s-42"}'}, {"user_id": "u-17", "session_id": "s-42"}),
    ("pydantic_agent", {"gen_ai.operation.name": "invoke_agent", "agent_name": "support"}, {"agent_name": "support"}),
    (
        "mlflow_cost",
        {"mlflow.spanType": '"LLM"', "mlflow.llm.cost": '{"input_cost": 0.1, "total_cost": 0.25}'},
        {"reported_cost_usd": 0.25},
    ),
    ("mcp_call", {"mcp.method.name": "tools/call", "gen_ai.tool.name": "weather"}, {"kind": "tool", "tool_name": "weather"}),
    (
        "semantic_kernel_older",
        CHAT | {"gen_ai.response.prompt_tokens": 9, "gen_ai.response.completion_tokens": 4},
        {"input_tokens": 9, "output_tokens": 4},
    ),
    *(
        (f"provider_{said}", CHAT | {"gen_ai.system": said}, {"provider": meant})
        for said, meant in (
            ("google", "gcp.gemini"),
            ("gemini", "gcp.gemini"),
            ("vertex_ai", "gcp.vertex_ai"),
            ("MistralAI", "mistral_ai"),
            ("amazon-bedrock", "aws.bedrock"),
            ("xai", "x_ai"),
            ("groq", "groq"),
        )
    ),
)


@pytest.fixture(scope="module")
def read(server: Server) -> Mapping[str, Mapping[str, Any]]:
    """Every case's span as it is shown."""
    root = span("root", ms=500)
    trace_id, above, start_ns = root.trace_id, root.span_id, root.start_time_unix_nano
    spans = [
        span(name, said=said, ms=100, trace_id=trace_id, span_id=new_id(8), parent_span_id=above, start_ns=start_ns)
        for name, said, _ in CASES
    ]
    server.send("traces", traces([root, *spans]).SerializeToString(), headers={"x-sightline-project": PROJECT})
    eventually(lambda: server.count(project=PROJECT), lambda n: n == len(spans) + 1)
    shown = server.get(f"/api/v1/traces/{trace_id.hex()}", project=PROJECT)["spans"]
    return {one["name"]: one for one in shown}


@pytest.mark.parametrize(("name", "expected"), [pytest.param(name, expected, id=name) for name, _, expected in CASES])
def test_a_library_is_read_as_it_documents_itself(read: Mapping[str, Mapping[str, Any]], name: str, expected: Mapping[str, Any]) -> None:
    assert {fact: read[name][fact] for fact in expected} == expected


def test_the_content_of_these_libraries_is_read_too(read: Mapping[str, Mapping[str, Any]]) -> None:
    def said(name: str) -> list[str]:
        return [part["text"] for turn in read[name]["content"]["output_messages"] for part in turn["parts"]]

    assert said("genkit") == ["Four degrees."]
    assert said("langsmith_answer") == ["Four degrees."]
    assert [(one["content"], one["score"]) for one in read["vercel_rerank"]["content"]["documents"]] == [
        ("Parcels leave Oslo.", 0.9),
        ("Refunds take five days.", 0.1),
    ]
