"""OpenAI's own clients, told of by Sightline: every form of call is one span with its model, usage and content."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import openai
import pytest
from opentelemetry import trace

import sightline
from tests.sdk.sink import Seen, Sink
from tests.sdk.standin import WORDS, Provider, providing

TEXT = "".join(WORDS)
ASKED: Any = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Returns?"}], "temperature": 0.2}


@pytest.fixture(scope="module")
def provider(_collector: Sink) -> Iterator[Provider]:
    sightline.init(instrument=["openai"])
    with providing() as started:
        started.pauses_s = (0.001,) * 7
        yield started


Make = Callable[..., openai.OpenAI]


@pytest.fixture
def client(provider: Provider) -> Iterator[Make]:
    """Makes clients of the stand-in, which are closed at the end."""
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(openai.OpenAI(base_url=f"{provider.url}/v1", api_key="x", max_retries=0, **how))


def told(sink: Sink) -> Seen:
    sightline.flush(10)
    spans: list[Seen] = sink.until(lambda: [span for span in sink.spans if span.kind == 3])
    assert len(spans) == 1
    return spans[0]


def test_a_call_is_one_span_with_what_was_asked_answered_and_used(sink: Sink, provider: Provider, client: Make) -> None:
    with sightline.step("answer"):
        answer = client().chat.completions.create(**ASKED)
    assert answer.choices[0].message.content == TEXT
    span = told(sink)
    assert span.name == "chat gpt-4o"
    assert span.parent_id == sink.span("answer").span_id
    said = span.attributes
    assert json.loads(said.pop("gen_ai.input.messages")) == ASKED["messages"]
    assert json.loads(said.pop("gen_ai.output.messages")) == [{"role": "assistant", "content": TEXT, "finish_reason": "stop"}]
    assert said == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.temperature": 0.2,
        "server.address": "127.0.0.1",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 40,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 16,
    }


def test_a_raw_answer_is_read_without_taking_it_away(sink: Sink, client: Make) -> None:
    """As LangChain calls."""
    raw = client().chat.completions.with_raw_response.create(**ASKED)
    assert raw.parse().choices[0].message.content == TEXT
    assert told(sink).attributes["gen_ai.usage.output_tokens"] == 7


def test_a_raw_stream_is_told_of_too(sink: Sink, client: Make) -> None:
    raw = client().chat.completions.with_raw_response.create(**ASKED, stream=True, stream_options={"include_usage": True})
    assert "".join(chunk.choices[0].delta.content or "" for chunk in raw.parse() if chunk.choices) == TEXT
    said = told(sink).attributes
    assert (said["gen_ai.usage.output_tokens"], said["sightline.chunks"]) == (7, len(WORDS) + 3)
    assert json.loads(said["gen_ai.output.messages"])[0]["content"] == TEXT


def test_the_clients_own_stream_helper_is_told_of(sink: Sink, client: Make) -> None:
    with client().chat.completions.stream(**ASKED) as stream:
        for _ in stream:
            pass
        assert stream.get_final_completion().choices[0].message.content == TEXT
    assert json.loads(told(sink).attributes["gen_ai.output.messages"])[0]["content"] == TEXT


def test_a_stream_that_is_left_early_says_what_came(sink: Sink, client: Make) -> None:
    for n, _ in enumerate(client().chat.completions.create(**ASKED, stream=True)):
        if n == 2:
            break
    span = told(sink)
    assert json.loads(span.attributes["gen_ai.output.messages"])[0]["content"] == "".join(WORDS[:2])
    assert span.attributes["sightline.stream_stopped"] is True
    assert span.status == 0


def test_a_stream_that_was_peeked_at_is_read_on(sink: Sink, provider: Provider, client: Make) -> None:
    stream = client().chat.completions.create(**ASKED, stream=True)
    first = next(iter(stream))
    rest = list(stream)
    assert json.loads(told(sink).attributes["gen_ai.output.messages"])[0]["content"] == TEXT
    assert told(sink).attributes["sightline.chunks"] == len([first, *rest])


def test_an_async_stream_that_is_left_early_ends(sink: Sink, provider: Provider) -> None:
    async def main() -> None:
        async with openai.AsyncOpenAI(base_url=f"{provider.url}/v1", api_key="x", max_retries=0) as asynchronous:
            async for chunk in await asynchronous.chat.completions.create(**ASKED, stream=True):
                if chunk.choices and chunk.choices[0].delta.content:
                    break
            await asyncio.sleep(0.05)

    asyncio.run(main())
    assert json.loads(told(sink).attributes["gen_ai.output.messages"])[0]["content"] == WORDS[0]


def test_a_stream_that_nobody_reads_ends_all_the_same(sink: Sink, client: Make) -> None:
    stream = client().chat.completions.create(**ASKED, stream=True)
    stream.close()
    del stream
    assert told(sink).attributes["sightline.chunks"] == 0


def test_a_failure_is_the_calls_with_its_status(sink: Sink, provider: Provider, client: Make) -> None:
    provider.failing = 1
    with pytest.raises(openai.InternalServerError):
        client().chat.completions.create(**ASKED)
    span = told(sink)
    assert (span.status, span.attributes["http.response.status_code"]) == (2, 500)
    assert span.events[0][1]["exception.type"].endswith("InternalServerError")


def test_embeddings_are_told_with_their_texts_and_tokens(sink: Sink, client: Make) -> None:
    client().embeddings.create(model="text-embedding-3-small", input=["a", "b"])
    said = told(sink).attributes
    assert (said["gen_ai.operation.name"], said["gen_ai.usage.input_tokens"]) == ("embeddings", 3)
    assert json.loads(said["input.value"]) == ["a", "b"]


def test_without_content_the_facts_stay(sink: Sink, client: Make) -> None:
    sightline.init(content=False)
    client().chat.completions.create(**ASKED)
    said = told(sink).attributes
    assert "Returns?" not in str(said)
    assert said["gen_ai.usage.input_tokens"] == 40


def transport(answer: dict[str, Any] | list[dict[str, Any]]) -> httpx2.MockTransport:
    """What a provider would say over HTTP; the client above it is the real one."""

    def say(request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, dict):
            return httpx2.Response(200, json=answer)
        text = "".join(f"event: {one.get('type', '')}\ndata: {json.dumps(one)}\n\n" for one in answer)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=text)

    return httpx2.MockTransport(say)


RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-5-2026-01-01",
    "status": "completed",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "output": [
        {"type": "message", "id": "m", "role": "assistant", "status": "completed",
         "content": [{"type": "output_text", "text": "Within 30 days.", "annotations": []}]},
        {"type": "function_call", "id": "f", "call_id": "call_1", "name": "order_status", "arguments": '{"id": 7}', "status": "completed"},
    ],
    "usage": {"input_tokens": 50, "output_tokens": 9, "total_tokens": 59, "input_tokens_details": {"cached_tokens": 32},
              "output_tokens_details": {"reasoning_tokens": 4}},
}  # fmt: skip


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_responses_are_told_of_too(sink: Sink, client: Make, streamed: bool) -> None:
    delta = {
        "type": "response.output_text.delta",
        "sequence_number": 1,
        "item_id": "m",
        "output_index": 0,
        "content_index": 0,
        "delta": "W",
        "logprobs": [],
    }
    answer: Any = [delta, {"type": "response.completed", "sequence_number": 2, "response": RESPONSE}] if streamed else RESPONSE
    http = httpx2.Client(transport=transport(answer))
    asked: Any = {"model": "gpt-5", "input": "Returns?", "instructions": "Be kind.", "stream": streamed}
    result = client(http_client=http).responses.create(**asked)
    if streamed:
        assert len(list(result)) == 2
    said = told(sink).attributes
    assert json.loads(said["gen_ai.input.messages"]) == [{"role": "user", "content": "Returns?"}]
    assert "Be kind." in said["gen_ai.system_instructions"]
    text, call = json.loads(said["gen_ai.output.messages"])
    assert (text["content"], call["tool_calls"][0]["function"]["name"]) == ("Within 30 days.", "order_status")
    assert (said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == (50, 9)
    assert (said["gen_ai.usage.cache_read.input_tokens"], said["gen_ai.usage.reasoning.output_tokens"]) == (32, 4)
    assert said["gen_ai.response.finish_reasons"] == ["tool_calls"]
    assert ("sightline.ttft_ns" in said) is streamed


def test_the_pieces_of_a_streamed_tool_call_are_put_together(sink: Sink, client: Make) -> None:
    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": [choice]}

    pieces = [
        chunk(
            {
                "role": "assistant",
                "tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "find", "arguments": ""}}],
            }
        ),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"q": '}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '"x"}'}}]}),
        chunk({}, "tool_calls"),
    ]
    http = httpx2.Client(transport=transport(pieces))
    assert len(list(client(http_client=http).chat.completions.create(**ASKED, stream=True))) == 4
    message = json.loads(told(sink).attributes["gen_ai.output.messages"])[0]
    assert message["tool_calls"] == [{"type": "function", "id": "call_1", "function": {"name": "find", "arguments": '{"q": "x"}'}}]
    assert message["finish_reason"] == "tool_calls"


def test_the_call_is_current_while_it_is_made_and_not_afterwards(sink: Sink, client: Make) -> None:
    seen = []

    def look(request: httpx2.Request) -> None:
        seen.append(trace.get_current_span())

    http = httpx2.Client(event_hooks={"request": [look]})
    with sightline.step("around") as around:
        client(http_client=http).chat.completions.create(**ASKED)
        assert trace.get_current_span() is around.span
    assert trace.format_span_id(seen[0].get_span_context().span_id) == told(sink).span_id
