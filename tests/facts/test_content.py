"""Content as each convention's documentation says it is sent: one small case each, and values that nobody should send."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.facts import Content, read_content
from sightline.facts.content import Document, Message, Part, ToolCall

Json = Any
ASKED = "Weather in Oslo?"
ANSWER = "Four degrees."
OSLO = {"city": "Oslo"}


def user(text: str = ASKED) -> Message:
    return Message("user", (Part("text", text=text),))


def assistant(text: str = ANSWER, reason: str | None = None) -> Message:
    return Message("assistant", (Part("text", text=text),), finish_reason=reason)


def calls(id_: str | None = "c1", reason: str | None = None) -> Message:
    return Message("assistant", (Part("tool_call", tool_call_id=id_, tool_name="weather", arguments=OSLO),), finish_reason=reason)


def answers(name: str | None = None, *, named: bool = False) -> Message:
    part = Part("tool_result", tool_call_id="c1", tool_name=name, result=ANSWER)
    return Message("tool", (part,), name=name if named else None)


def event(name: str, body: Json = None, **attributes: Json) -> dict[str, Json]:
    return {"name": name, "body": body, "attributes": attributes}


def read(kind: str, said: dict[str, Json], *events: dict[str, Json]) -> Content:
    return read_content(said, events, kind)


OPENAI_CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": json.dumps(OSLO)}}


@pytest.mark.parametrize(
    ("content", "asked", "answered"),
    [
        pytest.param(
            read(
                "llm",
                {
                    "gen_ai.system_instructions": '[{"type": "text", "content": "Be brief."}]',
                    "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": ASKED}]}]),
                    "gen_ai.output.messages": json.dumps(
                        [
                            {
                                "role": "assistant",
                                "parts": [{"type": "tool_call", "id": "c1", "name": "weather", "arguments": OSLO}],
                                "finish_reason": "tool_call",
                            }
                        ]
                    ),
                },
            ),
            (Message("system", (Part("text", text="Be brief."),)), user()),
            (calls(reason="tool_call"),),
            id="genai",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "llm.input_messages.0.message.role": "user",
                    "llm.input_messages.0.message.contents.0.message_content.type": "text",
                    "llm.input_messages.0.message.contents.0.message_content.text": ASKED,
                    "llm.output_messages.0.message.role": "assistant",
                    "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
                    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "weather",
                    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": json.dumps(OSLO),
                },
            ),
            (user(),),
            (calls(),),
            id="openinference",
        ),
        pytest.param(
            read("llm", {"llm.prompt_template.template": "Weather in {place}?", "llm.prompt_template.variables": '{"place": "Oslo"}'}),
            (user(),),
            (),
            id="openinference_template",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "gen_ai.prompt.0.role": "user",
                    "gen_ai.prompt.0.content": ASKED,
                    "gen_ai.completion.0.role": "assistant",
                    "gen_ai.completion.0.finish_reason": "stop",
                    "gen_ai.completion.0.content": ANSWER,
                },
            ),
            (user(),),
            (assistant(reason="stop"),),
            id="openllmetry",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "ai.prompt.messages": json.dumps([{"role": "user", "content": [{"type": "text", "text": ASKED}]}]),
                    "ai.response.toolCalls": json.dumps([{"toolCallId": "c1", "toolName": "weather", "input": OSLO}]),
                },
            ),
            (user(),),
            (calls(),),
            id="vercel",
        ),
        pytest.param(
            read(
                "llm",
                {"langfuse.observation.input": json.dumps([{"role": "user", "content": ASKED}]), "langfuse.observation.output": ANSWER},
            ),
            (user(),),
            (assistant(),),
            id="langfuse",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "mlflow.spanInputs": json.dumps({"model": "m", "messages": [{"role": "user", "content": ASKED}]}),
                    "mlflow.spanOutputs": json.dumps(
                        {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}]}
                    ),
                },
            ),
            (user(),),
            (assistant(reason="stop"),),
            id="mlflow",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "gcp.vertex.agent.llm_request": json.dumps(
                        {
                            "model": "m",
                            "config": {"system_instruction": "Be brief."},
                            "contents": [{"role": "user", "parts": [{"text": ASKED}]}],
                        }
                    ),
                    "gcp.vertex.agent.llm_response": json.dumps(
                        {"content": {"role": "model", "parts": [{"function_call": {"id": "c1", "name": "weather", "args": OSLO}}]}}
                    ),
                },
            ),
            (Message("system", (Part("text", text="Be brief."),)), user()),
            (calls(),),
            id="adk",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "haystack.component.input": json.dumps({"messages": [{"role": "user", "content": [{"text": ASKED}]}]}),
                    "haystack.component.output": json.dumps(
                        {
                            "replies": [
                                {
                                    "role": "assistant",
                                    "meta": {"finish_reason": "tool_calls"},
                                    "content": [{"tool_call": {"tool_name": "weather", "arguments": OSLO, "id": "c1"}}],
                                }
                            ]
                        }
                    ),
                },
            ),
            (user(),),
            (calls(reason="tool_calls"),),
            id="haystack",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "request_data": json.dumps({"model": "m", "messages": [{"role": "user", "content": ASKED}]}),
                    "response_data": json.dumps({"message": {"role": "assistant", "content": ANSWER}}),
                },
            ),
            (user(),),
            (assistant(),),
            id="logfire",
        ),
        pytest.param(
            read(
                "llm",
                {
                    "events": json.dumps(
                        [
                            {"event.name": "gen_ai.user.message", "role": "user", "content": ASKED},
                            {"event.name": "gen_ai.assistant.message", "role": "assistant", "tool_calls": [OPENAI_CALL]},
                            {"event.name": "gen_ai.tool.message", "role": "tool", "content": ANSWER, "id": "c1", "name": "weather"},
                            {"event.name": "gen_ai.choice", "message": {"role": "assistant", "content": ANSWER}},
                        ]
                    )
                },
            ),
            (user(), calls(), answers("weather", named=True)),
            (assistant(),),
            id="pydantic_events",
        ),
        pytest.param(
            read(
                "agent",
                {"pydantic_ai.all_messages": json.dumps([{"role": "user", "content": ASKED}, {"role": "assistant", "content": ANSWER}])},
            ),
            (user(),),
            (assistant(),),
            id="pydantic_run",
        ),
        pytest.param(
            read(
                "llm",
                {},
                event("gen_ai.user.message", {"content": ASKED}),
                event("gen_ai.assistant.message", {"tool_calls": [OPENAI_CALL]}),
                event("gen_ai.tool.message", {"content": ANSWER, "id": "c1"}),
                event("gen_ai.choice", {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}),
            ),
            (user(), calls(), answers()),
            (assistant(reason="stop"),),
            id="log_records",
        ),
        pytest.param(
            read(
                "llm",
                {},
                event("gen_ai.user.message", json.dumps({"role": "user", "content": ASKED})),
                event("gen_ai.choice", json.dumps({"message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"})),
            ),
            (user(),),
            (assistant(reason="stop"),),
            id="log_records_as_text",
        ),
        pytest.param(
            read(
                "llm",
                {},
                event("gen_ai.user.message", content=json.dumps([{"text": ASKED}])),
                event("gen_ai.assistant.message", content=json.dumps([{"toolUse": {"toolUseId": "c1", "name": "weather", "input": OSLO}}])),
                event("gen_ai.tool.message", content=json.dumps([{"toolResult": {"toolUseId": "c1", "content": [{"text": ANSWER}]}}])),
                event("gen_ai.choice", message=json.dumps([{"text": ANSWER}]), finish_reason="end_turn"),
            ),
            (user(), calls(), answers()),
            (assistant(reason="end_turn"),),
            id="strands",
        ),
        pytest.param(
            read(
                "llm",
                {},
                *(
                    event(
                        "gen_ai.client.inference.operation.details",
                        **{f"gen_ai.{way}.messages": json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])},
                    )
                    for way, role, text in (("input", "user", ASKED), ("output", "assistant", ANSWER))
                ),
            ),
            (user(),),
            (assistant(),),
            id="details_in_parts",
        ),
        pytest.param(
            read(
                "llm",
                {},
                event("gen_ai.content.prompt", **{"gen_ai.prompt": ASKED}),
                event("gen_ai.content.completion", **{"gen_ai.completion": ANSWER}),
            ),
            (user(),),
            (assistant(),),
            id="content_events",
        ),
        pytest.param(read("llm", {"gen_ai.input.messages": "[1, 2]"}), (user("[1, 2]"),), (), id="text_that_looks_like_a_list"),
    ],
)
def test_a_conversation_is_read(content: Content, asked: tuple[Message, ...], answered: tuple[Message, ...]) -> None:
    assert (content.input_messages, content.output_messages) == (asked, answered)


@pytest.mark.parametrize(
    ("content", "call"),
    [
        pytest.param(
            read(
                "tool",
                {
                    "gen_ai.tool.name": "weather",
                    "gen_ai.tool.call.id": "c1",
                    "gen_ai.tool.description": "Weather.",
                    "gen_ai.tool.call.arguments": json.dumps(OSLO),
                    "gen_ai.tool.call.result": ANSWER,
                },
            ),
            ToolCall("c1", "weather", "Weather.", OSLO, ANSWER),
            id="genai",
        ),
        pytest.param(
            read("tool", {"gen_ai.tool.name": "now", "gen_ai.tool.call.arguments": "{}"}),
            ToolCall(name="now", arguments={}),
            id="no_arguments",
        ),
        pytest.param(
            read("tool", {"tool.name": "weather", "input.value": json.dumps(OSLO), "output.value": ANSWER}),
            ToolCall(None, "weather", None, OSLO, ANSWER),
            id="openinference",
        ),
        pytest.param(
            read("tool", {"input.value": json.dumps({"kwargs": OSLO}), "output.value": json.dumps(ANSWER)}),
            ToolCall(arguments=OSLO, result=ANSWER),
            id="a_tool_without_name",
        ),
        pytest.param(
            read(
                "tool",
                {
                    "gen_ai.tool.name": "weather",
                    "traceloop.entity.name": "other",
                    "traceloop.entity.input": json.dumps({"args": ["Oslo"], "kwargs": {}}),
                    "traceloop.entity.output": json.dumps(ANSWER),
                },
            ),
            ToolCall(None, "weather", None, {"args": ["Oslo"], "kwargs": {}}, ANSWER),
            id="openllmetry_beside_genai",
        ),
        pytest.param(
            read(
                "tool",
                {"ai.toolCall.name": "weather", "ai.toolCall.id": "c1", "ai.toolCall.args": json.dumps(OSLO), "ai.toolCall.result": ANSWER},
            ),
            ToolCall("c1", "weather", None, OSLO, ANSWER),
            id="vercel",
        ),
        pytest.param(
            read(
                "tool",
                {"mlflow.spanFunctionName": '"weather"', "mlflow.spanInputs": json.dumps(OSLO), "mlflow.spanOutputs": json.dumps(ANSWER)},
            ),
            ToolCall(None, "weather", None, OSLO, ANSWER),
            id="mlflow",
        ),
        pytest.param(
            read(
                "tool",
                {
                    "gen_ai.tool.name": "weather",
                    "gcp.vertex.agent.tool_call_args": json.dumps(OSLO),
                    "gcp.vertex.agent.tool_response": json.dumps({"result": ANSWER}),
                },
            ),
            ToolCall(None, "weather", None, OSLO, {"result": ANSWER}),
            id="adk",
        ),
        pytest.param(
            read(
                "tool",
                {
                    "haystack.tool.name": "weather",
                    "haystack.agent.step.tool.input": json.dumps(OSLO),
                    "haystack.agent.step.tool.output": ANSWER,
                },
            ),
            ToolCall(None, "weather", None, OSLO, ANSWER),
            id="haystack",
        ),
        pytest.param(
            read("other", {"gen_ai.tool.name": "weather", "tool_arguments": json.dumps(OSLO), "tool_response": ANSWER}),
            ToolCall(None, "weather", None, OSLO, ANSWER),
            id="pydantic",
        ),
        pytest.param(
            read(
                "tool",
                {"gen_ai.tool.name": "weather"},
                event("gen_ai.tool.message", role="tool", content=json.dumps(OSLO), id="c1"),
                event("gen_ai.choice", message=json.dumps([{"text": ANSWER}]), id="c1"),
            ),
            ToolCall("c1", "weather", None, OSLO, ANSWER),
            id="strands",
        ),
        pytest.param(read("llm", {"traceloop.entity.name": "chat"}), None, id="no_tool"),
    ],
)
def test_a_tool_call_is_put_together_from_all_that_was_said(content: Content, call: ToolCall | None) -> None:
    assert content.tool_call == call


@pytest.mark.parametrize(
    ("content", "documents"),
    [
        pytest.param(
            read("retrieval", {"gen_ai.retrieval.documents": '[{"id": "a", "score": 0.9}]'}), (Document(1, "a", 0.9),), id="genai"
        ),
        pytest.param(
            read(
                "retrieval",
                {
                    "retrieval.documents.0.document.id": "a",
                    "retrieval.documents.0.document.score": 0.9,
                    "retrieval.documents.0.document.content": "Refunds.",
                    "retrieval.documents.0.document.metadata": '{"page": 1}',
                },
            ),
            (Document(1, "a", 0.9, "Refunds.", {"page": 1}),),
            id="openinference",
        ),
        pytest.param(
            read("retrieval", {"mlflow.spanOutputs": '[{"page_content": "Refunds.", "metadata": {"score": 0.9}, "id": "a"}]'}),
            (Document(1, "a", 0.9, "Refunds.", {"score": 0.9}),),
            id="mlflow",
        ),
        pytest.param(
            read("retrieval", {"langfuse.observation.output": '[{"id": "a", "text": "Refunds.", "score": 1}]'}),
            (Document(1, "a", 1.0, "Refunds."),),
            id="langfuse",
        ),
        pytest.param(
            read("retrieval", {"haystack.component.output": '{"documents": [{"id": "a", "content": "Refunds.", "score": 0.9}]}'}),
            (Document(1, "a", 0.9, "Refunds."),),
            id="haystack",
        ),
        pytest.param(read("retrieval", {"traceloop.entity.output": '["Refunds."]'}), (Document(1, content="Refunds."),), id="openllmetry"),
        pytest.param(
            read("rerank", {"output.value": '{"results": [{"document": "Refunds.", "relevance_score": 0.9}]}'}),
            (Document(1, None, 0.9, "Refunds."),),
            id="score_beside_the_document",
        ),
        pytest.param(
            read("retrieval", {"gen_ai.retrieval.documents": '[{"id": "a", "score": 1e999}, {"id": "b", "score": true}]'}),
            (Document(1, "a"), Document(2, "b")),
            id="no_scores",
        ),
    ],
)
def test_documents_are_read(content: Content, documents: tuple[Document, ...]) -> None:
    assert content.documents == documents


def test_a_reranker_told_in_prompts_keeps_query_and_documents_apart() -> None:
    said = {"gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Parcels.", "gen_ai.prompt.1.role": "system"}
    said |= {"gen_ai.prompt.1.content": "Refunds.", "gen_ai.prompt.2.role": "user", "gen_ai.prompt.2.content": ASKED}
    content = read("rerank", said | {"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Doc 1, Score: 0.9"})
    assert content.input_messages == (user(),)
    assert content.input_documents == (Document(1, content="Parcels."), Document(2, content="Refunds."))
    assert (content.documents, content.output_messages) == ((Document(1, "1", 0.9, "Refunds."),), ())


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"embedding.embeddings.0.embedding.text": "a", "embedding.embeddings.1.embedding.text": "b"}, id="openinference"),
        pytest.param(
            {"gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": text}]} for text in "ab"])},
            id="genai",
        ),
        pytest.param({"ai.values": ['"a"', '"b"']}, id="vercel"),
        pytest.param({"mlflow.spanInputs": '{"model": "m", "input": ["a", "b"]}'}, id="mlflow"),
        pytest.param({"langfuse.observation.input": '["a", "b"]'}, id="langfuse"),
    ],
)
def test_embedded_texts_are_one_list(said: dict[str, Json]) -> None:
    content = read("embedding", said)
    assert (content.input_value, content.input_messages) == (["a", "b"], ())


def test_an_agent_that_gives_back_the_whole_conversation_answers_what_it_added() -> None:
    asked = {"role": "user", "content": ASKED}
    said = {"input.value": json.dumps({"messages": [asked]})}
    content = read("agent", said | {"output.value": json.dumps({"messages": [asked, {"role": "assistant", "content": ANSWER}]})})
    assert content.output_messages == (assistant(),)


def deep(around: str, inside: str) -> str:
    """900 of these in one another."""
    return around * 900 + inside


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([{"type": {"a": 1}, "role": ["user"], "content": "x"}], id="unhashable_words"),
        pytest.param({"message": {"kwargs": {"content": {}}}, "id": [["a"]]}, id="wrong_shapes"),
        pytest.param(deep('{"message": ', "1") + "}" * 900, id="deep_messages"),
        pytest.param(deep('[{"content": ', '"x"') + "}]" * 900, id="deep_parts"),
        pytest.param(deep('{"message_content": ', "1") + "}" * 900, id="deep_wrappers"),
        pytest.param(deep('{"data": {"content": 1, "data": ', "1") + "}}" * 900, id="deep_kwargs"),
        pytest.param([{"id": "a", "score": 10**400, "text": 10**400}], id="huge_numbers"),
        pytest.param({"role": "user", "content": "\ud800"}, id="half_a_surrogate"),
        pytest.param([{"function": [], "tool_calls": [1, {"function": {"arguments": {"a": []}}}]}], id="odd_calls"),
    ],
)
@pytest.mark.parametrize("kind", ["llm", "tool", "retrieval", "rerank", "embedding", "agent"])
def test_hostile_values_are_read_without_harm(value: Json, kind: str) -> None:
    for key in KEYS:
        said = {key: value}
        read(kind, said, *(event(name, value, **{"content": value, "message": value, key: value}) for name in EVENTS))
        assert said == {key: value}, "left as it was sent"


KEYS = (
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.prompt.0",
    "gen_ai.completion.0.content",
    "gen_ai.retrieval.documents",
    "gen_ai.tool.call.result",
    "llm.input_messages.0.message",
    "llm.input_messages.99999999999999999999.message",
    "llm.output_messages.x.message.tool_calls.0.tool_call.function.arguments",
    "llm.prompt_template.variables",
    "embedding.embeddings.0.embedding",
    "retrieval.documents.0.document.score",
    "reranker.input_documents.1",
    "input.value",
    "output.value",
    "ai.prompt",
    "ai.values",
    "ai.response.text",
    "ai.response.toolCalls",
    "traceloop.entity.input",
    "langfuse.observation.output",
    "pydantic_ai.all_messages",
    "all_messages_events",
    "events",
    "model_request_parameters",
    "response_data",
    "mlflow.spanFunctionName",
    "mlflow.spanInputs",
    "mlflow.spanOutputs",
    "gcp.vertex.agent.llm_request",
    "gcp.vertex.agent.llm_response",
    "haystack.component.output",
    "haystack.tool.name",
)
EVENTS = (
    "gen_ai.choice",
    "gen_ai.user.message",
    "gen_ai.tool.message",
    "gen_ai.client.inference.operation.details",
    "gen_ai.content.prompt",
)
FIELDS = ("role", "content", "parts", "type", "message", "kwargs", "data", "id", "tool_calls", "documents", "score", "text", "function")
MORE_FIELDS = (
    "tool_call",
    "toolUse",
    "toolResult",
    "event.name",
    "config",
    "replies",
    "input",
    "args",
    "image_url",
    "finish_reason",
    "meta",
)
WORDS = ("user", "tool", "text", "tool_call", "tool_result", "image", "message", "function_call", "gen_ai.choice", "Doc 1, Score: 0.5")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS + MORE_FIELDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
SENT = JSON | JSON.map(lambda value: json.dumps(value, default=str))


@given(
    said=st.dictionaries(st.sampled_from(KEYS), SENT, max_size=6),
    name=st.sampled_from(EVENTS),
    body=SENT,
    attributes=st.dictionaries(st.sampled_from(("content", "message", "id", "tool.result", *KEYS[:2])), SENT, max_size=3),
    kind=st.sampled_from(["llm", "tool", "retrieval", "rerank", "embedding", "agent", "other"]),
)
@settings(max_examples=400, deadline=None)
def test_no_content_makes_the_reader_fail(said: dict[str, Json], name: str, body: Json, attributes: dict[str, Json], kind: str) -> None:
    content = read(kind, said, event(name, body, **attributes))
    assert all(message.parts for message in (*content.input_messages, *content.output_messages))
    assert all(document.rank == place for place, document in enumerate(content.documents, start=1))
