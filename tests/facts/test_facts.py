"""Facts as the engine derives them, against what the provider really served and against values nobody should send."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.facts import FACTS, SOURCES, FactSql, read_content
from tests.golden import VIEWS, views_text
from tests.otlp import span, traces
from tests.running import Server, eventually


@pytest.mark.parametrize(
    ("said", "fact", "expected"),
    [
        pytest.param({"gen_ai.usage.input_tokens": 5}, "input_tokens", 5, id="integer"),
        pytest.param({"gen_ai.usage.input_tokens": "5"}, "input_tokens", 5, id="numeric_text"),
        pytest.param({"gen_ai.usage.input_tokens": 5.0}, "input_tokens", 5, id="whole_double"),
        pytest.param({"gen_ai.usage.input_tokens": 0}, "input_tokens", 0, id="zero_is_known"),
        pytest.param({"gen_ai.usage.input_tokens": -1}, "input_tokens", None, id="negative"),
        pytest.param({"gen_ai.usage.input_tokens": "many"}, "input_tokens", None, id="prose"),
        pytest.param({"gen_ai.usage.input_tokens": 1e300}, "input_tokens", None, id="huge"),
        pytest.param({"gen_ai.usage.input_tokens": float("nan")}, "input_tokens", None, id="nan"),
        pytest.param({}, "input_tokens", None, id="unknown_is_not_zero"),
        pytest.param({"gen_ai.usage.prompt_tokens": 7, "gen_ai.usage.input_tokens": 8}, "input_tokens", 8, id="newer_name_first"),
        pytest.param({"sightline.input_tokens": 1, "gen_ai.usage.input_tokens": 8}, "input_tokens", 1, id="ours_first"),
        pytest.param({"gen_ai.response.time_to_first_chunk": 0.0123456789}, "ttft_ns", 12_345_679, id="seconds"),
        pytest.param({"ai.response.msToFirstChunk": 12.5}, "ttft_ns", 12_500_000, id="milliseconds"),
        pytest.param({"gen_ai.response.finish_reasons": ["tool_use"]}, "finish_reason", "tool_calls", id="list"),
        pytest.param({"llm.finish_reason": "surprise"}, "finish_reason", "other", id="unknown_word"),
        pytest.param({"openinference.span.kind": "RERANKER"}, "kind", "rerank", id="openinference_kind"),
        pytest.param({"sightline.kind": "tool", "openinference.span.kind": "LLM"}, "kind", "tool", id="our_kind_first"),
        pytest.param({"openinference.span.kind": "NEW", "gen_ai.operation.name": "chat"}, "kind", "llm", id="unknown_kind_asks_on"),
        pytest.param({"gen_ai.system": "openai.chat"}, "provider", "openai", id="provider_alias"),
        pytest.param({"llm.invocation_parameters": '{"max_tokens": 9, "model": "m"}'}, "max_tokens", 9, id="json_in_text"),
        pytest.param({"llm.invocation_parameters": "{not json"}, "max_tokens", None, id="broken_json"),
        pytest.param({"gen_ai.request.stream": True}, "streamed", True, id="boolean"),
        pytest.param({"gen_ai.request.stream": "false"}, "streamed", False, id="boolean_text"),
        pytest.param({"error.type": "openai.RateLimitError"}, "error_type", "rate_limited", id="error_words"),
        pytest.param({"error.type": "x", "http.response.status_code": 529}, "error_type", "overloaded", id="error_status"),
        pytest.param({"http.response.status_code": 200}, "error_type", None, id="no_error"),
        pytest.param({"user.id": ""}, "user_id", None, id="empty_is_unknown"),
    ],
)
def test_a_fact_is_read_as_the_table_says(server: Server, project: str, said: dict[str, object], fact: str, expected: object) -> None:
    one = span("a span", said=said, ms=100)
    server.send("traces", traces([one]).SerializeToString(), headers={"x-sightline-project": project})
    path = f"{server.url}/api/v1/traces/{one.trace_id.hex()}"
    found = eventually(lambda: httpx.get(path, params={"project": project}), lambda r: r.status_code == 200).json()
    assert found["spans"][0][fact] == expected


def test_every_fact_has_a_source_or_is_the_stores_to_fill() -> None:
    stores = {"project", "trace_id", "span_id", "wrapper_span_id", "start", "received", "usage_counted"}
    stores |= {"self_ns", "critical_ns", "error_origin", "silent_failure"}  # known once its relatives are
    assert set(FACTS) - set(FactSql(SOURCES).columns()) == stores


def test_the_views_are_those_that_were_reviewed() -> None:
    assert views_text() == VIEWS.read_text(), "make golden, then read the diff as a reviewer"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["role", "content", "parts", "type", "message", "kwargs", "id", "tool_calls", "documents", "score", "text", "function"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "llm.input_messages.0.message.content",
        "llm.input_messages.99999999999999999999.message",
        "llm.output_messages.x.message.tool_calls.0.tool_call.function.arguments",
        "input.value",
        "output.value",
        "retrieval.documents.0.document.score",
        "reranker.input_documents.1",
        "ai.prompt",
        "ai.response.toolCalls",
        "traceloop.entity.input",
        "gen_ai.prompt.0.role",
        "langfuse.observation.output",
        "pydantic_ai.all_messages",
        "sightline.decision",
        "gen_ai.tool.definitions",
    ]
)


@given(
    attributes=st.dictionaries(KEYS, JSON | JSON.map(lambda value: json.dumps(value, default=str)), max_size=6),
    event=st.sampled_from(["gen_ai.choice", "gen_ai.user.message", "gen_ai.client.inference.operation.details", "gen_ai.content.prompt"]),
    body=JSON,
    kind=st.sampled_from(["llm", "tool", "retrieval", "chain", "other"]),
)
@settings(max_examples=400, deadline=None)
def test_no_content_makes_the_reader_fail(attributes: dict[str, Any], event: str, body: Any, kind: str) -> None:
    content = read_content(attributes, [{"name": event, "body": body, "attributes": attributes}], kind)
    assert all(message.parts for message in (*content.input_messages, *content.output_messages))
