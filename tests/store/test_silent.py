# ruff: noqa: E501 - the texts are as long as the libraries make them
"""Failures that nobody reported are found when a trace settles, whatever convention told of the answer."""

import json
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.otlp import new_id, span, traces
from tests.running import Server, eventually

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5}
OI = {"openinference.span.kind": "LLM", "llm.token_count.prompt": 10, "llm.token_count.completion": 5}
ASKED = {"llm.invocation_parameters": '{"model": "m", "response_format": {"type": "json_schema", "json_schema": {}}}'}
RETRIEVER = {"openinference.span.kind": "RETRIEVER"}


def semconv(*parts: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    messages = [{"role": "assistant", "parts": list(parts), "finish_reason": finish}]
    return CHAT | {"gen_ai.output.messages": json.dumps(messages), "gen_ai.response.finish_reasons": [finish]}


def said(text: str, finish: str = "stop") -> dict[str, Any]:
    return semconv({"type": "text", "content": text}, finish=finish)


def openai(message: dict[str, Any], finish: str = "stop") -> str:
    return json.dumps({"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": finish}]})


CASES: list[tuple[str, str | None, dict[str, Any]]] = [
    ("an_answer", None, said("Refunds take five days.")),
    ("no_content_sent", None, CHAT),
    ("nothing_said", "empty_output", said("")),
    ("only_white_space", "empty_output", said("\n ")),
    ("no_parts", "empty_output", semconv()),
    ("only_reasoning", "empty_output", semconv({"type": "reasoning", "content": "hm"})),
    ("no_tokens", "empty_output", CHAT | {"gen_ai.usage.output_tokens": 0}),
    ("a_tool_call", None, semconv({"type": "tool_call", "name": "f", "arguments": {"a": 1}}, finish="tool_calls")),
    ("an_image", None, semconv({"type": "blob", "mime_type": "image/png", "content": ""})),
    ("typed_list", "empty_output", CHAT | {"gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": ""}]}]}),
    ("refusal_by_reason", "refusal", said("", "content_filter")),
    ("refusal_part", "refusal", semconv({"type": "refusal", "content": "no"})),
    ("refusal_in_words", "refusal", said("I'm sorry, but I can’t help with that request.")),
    ("refusal_in_german", "refusal", said("Es tut mir leid, aber dabei kann ich leider nicht helfen.")),
    ("an_apology_that_helps", None, said("I'm sorry to hear that! I can't find order 12, but here is how to look it up.")),
    ("a_long_answer_that_declines_a_part", None, said("I can't provide medical advice, but " + "here is what is known. " * 60)),
    ("cut_off", "cut_off", said("Refunds take", "length")),
    ("cut_off_before_a_word", "empty_output", said("", "length")),
    ("json_as_asked", None, said('{"a": 1}') | {"gen_ai.output.type": "json"}),
    ("json_in_a_fence", None, said('```json\n{"a": 1}\n```') | {"gen_ai.output.type": "json"}),
    ("prose_for_json", "malformed_json", said("Sure! a is 1") | {"gen_ai.output.type": "json"}),
    ("half_json", "malformed_json", said('{"a": ', "length") | {"gen_ai.output.type": "json"}),
    ("prose_where_none_asked", None, said("Sure! a is 1") | {"gen_ai.output.type": "text"}),
    ("bad_arguments", "malformed_arguments", semconv({"type": "tool_call", "name": "f", "arguments": '{"a": '}, finish="tool_calls")),
    ("good_arguments", None, semconv({"type": "tool_call", "name": "f", "arguments": '{"a": 1}'}, finish="tool_calls")),
    ("openinference_empty", "empty_output", OI | {"llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": ""}),
    ("openinference_call", None, OI | {"llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f", "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{}"}),
    ("openinference_arguments", "malformed_arguments", OI | {"llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{a: 1"}),
    ("openinference_json", "malformed_json", OI | ASKED | {"llm.output_messages.0.message.content": "a is 1"}),
    ("openinference_json_kept", None, OI | ASKED | {"llm.output_messages.0.message.content": "[1]"}),
    ("openinference_raw_refusal", "refusal", OI | {"output.value": openai({"role": "assistant", "content": None, "refusal": "No."})}),
    ("openinference_raw", None, OI | {"output.value": openai({"role": "assistant", "content": "Hello."})}),
    ("openinference_raw_empty", "empty_output", OI | {"output.value": openai({"role": "assistant", "content": None})}),
    ("anthropic_raw", "malformed_json", OI | ASKED | {"output.value": json.dumps({"content": [{"type": "text", "text": "Sure"}]})}),
    ("plain_text", "refusal", OI | {"output.value": "I cannot assist with that."}),
    ("another_json", None, OI | {"output.value": '{"what": "ever"}'}),
    ("openllmetry", "empty_output", {"llm.request.type": "chat", "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": ""}),
    ("openllmetry_call", "malformed_arguments", {"llm.request.type": "chat", "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.tool_calls.0.name": "f", "gen_ai.completion.0.tool_calls.0.arguments": "{"}),
    ("vercel", "empty_output", {"ai.operationId": "ai.generateText.doGenerate", "ai.response.text": "", "ai.response.finishReason": "stop"}),
    ("vercel_object", "malformed_json", {"ai.operationId": "ai.generateObject.doGenerate", "ai.response.object": "{"}),
    ("vercel_call", None, {"ai.operationId": "ai.generateText.doGenerate", "ai.response.toolCalls": '[{"toolName": "f", "args": "{}"}]',
        "ai.response.finishReason": "tool-calls"}),
    ("langfuse", "empty_output", {"langfuse.observation.type": "generation", "langfuse.observation.output": '{"role": "assistant", "content": ""}'}),
    ("nothing_found", "no_documents", RETRIEVER | {"output.value": '{"documents": []}'}),
    ("something_found", None, RETRIEVER | {"retrieval.documents.0.document.id": "1"}),
    ("semconv_nothing_found", "no_documents", {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": "[]"}),
    ("nothing_said_of_documents", None, {"gen_ai.operation.name": "retrieval"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def found(server: Server) -> dict[str, str | None]:
    """span name → silent_failure, once all have settled."""
    spans = [span(name, said=attributes, trace_id=new_id(16)) for name, _, attributes in CASES]
    failed = said("") | {"error.type": "timeout"}
    spans.append(span("failed", said=failed, trace_id=new_id(16), status={"code": 2}))
    for name, root_failed, tools in TOOLS:
        trace_id, root_id = new_id(16), new_id(8)
        spans.append(span("root", trace_id=trace_id, span_id=root_id, status={"code": 2 if root_failed else 0}))
        for number, (tool, attributes, status) in enumerate(tools):
            about = {"openinference.span.kind": "TOOL", "tool.name": tool} | attributes
            one = span(f"{name} {number}", said=about, trace_id=trace_id, parent_span_id=root_id, status={"code": status})
            one.start_time_unix_nano = spans[-1].start_time_unix_nano + 1000
            spans.append(one)
    spans += _failures()
    server.send("traces", traces(spans).SerializeToString(), headers={"x-sightline-project": "silent"})
    eventually(lambda: server.count(project="silent", filter="settled = true"), lambda n: n == len(spans))
    return {row["name"]: row["silent_failure"] for row in server.query("count", project="silent", group_by=["name", "silent_failure"])}


def _failures() -> list[Span]:
    """A failure that travels up from an LLM call, whose HTTP client's span failed first; and one that began at the root."""
    trace_id, (root_id, step_id, call_id) = new_id(16), (new_id(8), new_id(8), new_id(8))
    failed: dict[str, Any] = {"trace_id": trace_id, "status": {"code": 2}}
    return [
        span("up root", span_id=root_id, **failed),
        span("up step", span_id=step_id, parent_span_id=root_id, **failed),
        span("up call", said=CHAT, span_id=call_id, parent_span_id=step_id, **failed),
        span("up http", parent_span_id=call_id, kind=3, **failed),
        span("root alone", trace_id=new_id(16), status={"code": 2}),
    ]


BROKEN = {"sightline.tool_is_error": True}
# name, whether the request failed, its tools in order: name, attributes, status
TOOLS: list[tuple[str, bool, list[tuple[str, dict[str, Any], int]]]] = [
    ("ignored", False, [("search", BROKEN, 0)]),
    ("thrown", False, [("search", {}, 2)]),
    ("the_request_failed_too", True, [("search", BROKEN, 0)]),
    ("tried_again", False, [("search", BROKEN, 0), ("search", {}, 0)]),
    ("another_succeeded", False, [("search", BROKEN, 0), ("weather", {}, 0)]),
    ("failed_after_a_success", False, [("search", {}, 0), ("search", BROKEN, 0)]),
]


@pytest.mark.parametrize(("name", "expected"), [pytest.param(name, expected, id=name) for name, expected, _ in CASES])
def test_an_answer_is_judged_by_what_was_sent_of_it(found: dict[str, str | None], name: str, expected: str | None) -> None:
    assert found[name] == expected


def test_what_failed_openly_is_not_silent(found: dict[str, str | None]) -> None:
    assert found["failed"] is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ignored 0", "tool_error_ignored"),
        ("thrown 0", "tool_error_ignored"),
        ("the_request_failed_too 0", None),
        ("tried_again 0", None),
        ("tried_again 1", None),
        ("another_succeeded 0", "tool_error_ignored"),
        ("another_succeeded 1", None),
        ("failed_after_a_success 0", None),
        ("failed_after_a_success 1", "tool_error_ignored"),
    ],
)
def test_a_tools_failure_is_ignored_when_the_request_ends_well_without_it(found: dict[str, str | None], name: str, expected: str) -> None:
    assert found[name] == expected


def test_a_failure_began_where_nothing_below_failed(server: Server, found: dict[str, str | None]) -> None:
    rows = server.query("count", project="silent", filter="status = error", group_by=["name", "error_origin"])
    origins = {row["name"]: row["error_origin"] for row in rows}
    assert {name: origins[name] for name in ("up root", "up step", "up call", "up http", "root alone", "failed")} == {
        "up root": False,
        "up step": False,
        "up call": True,
        "up http": False,
        "root alone": True,
        "failed": True,
    }
    assert server.count(project="silent", filter="status != error and error_origin is not null") == 0
