"""Steps record what ran, in all four shapes of function, and change nothing about it."""

import asyncio
import inspect
import json
import time
from collections.abc import AsyncIterator, Generator, Iterator

import pytest
from opentelemetry import trace

import sightline
from tests.sdk.sink import Sink


def test_a_decorated_function_is_a_span_with_what_went_in_and_out(sink: Sink) -> None:
    @sightline.step(kind="tool")
    def add(a: int, b: int = 2) -> int:
        return a + b

    assert add(1, b=4) == 5
    span = sink.span("add")
    assert span.attributes["sightline.kind"] == "tool"
    assert span.attributes["sightline.tool_name"] == "add"
    assert json.loads(span.attributes["input.value"]) == {"a": 1, "b": 4}
    assert span.attributes["output.value"] == "5"


def test_an_error_passes_through_and_is_told(sink: Sink) -> None:
    @sightline.step
    def broken() -> None:
        raise LookupError("no such order")

    with pytest.raises(LookupError, match="no such order"):
        broken()
    span = sink.span("broken")
    assert (span.status, span.status_message) == (2, "LookupError: no such order")
    assert [(name, said["exception.type"]) for name, said in span.events] == [("exception", "LookupError")]


def test_steps_nest_across_with_await_and_call(sink: Sink) -> None:
    @sightline.step
    async def inner() -> str:
        return trace.format_span_id(trace.get_current_span().get_span_context().span_id)

    async def outer() -> str:
        async with sightline.step("outer"):
            return await inner()

    inner_id = asyncio.run(outer())
    assert sink.span("inner").span_id == inner_id
    assert sink.span("inner").parent_id == sink.span("outer").span_id
    assert inspect.iscoroutinefunction(inner)


def test_a_stream_tells_its_first_chunk_and_its_longest_wait(sink: Sink) -> None:
    @sightline.step(kind="llm")
    def tokens() -> Iterator[str]:
        time.sleep(0.05)
        yield "a"
        yield "b"
        time.sleep(0.1)
        yield "c"

    assert "".join(tokens()) == "abc"
    said = sink.span("tokens").attributes
    assert 50e6 <= said["sightline.ttft_ns"] < 90e6
    assert 100e6 <= said["sightline.stall_ns"] < 140e6
    assert (said["sightline.chunks"], said["sightline.streamed"], said["output.value"]) == (3, True, "abc")


def test_a_slow_consumer_is_no_stall(sink: Sink) -> None:
    @sightline.step(kind="llm")
    def tokens() -> Iterator[str]:
        yield from "ab"

    for _ in tokens():
        time.sleep(0.05)
    assert sink.span("tokens").attributes["sightline.stall_ns"] < 20e6


def test_a_consumer_that_stops_early_ends_the_step(sink: Sink) -> None:
    closed = []

    @sightline.step(kind="llm")
    def tokens() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            closed.append(sightline.current().span_id)

    for item in tokens():
        if item == 2:
            break
    span = sink.span("tokens")
    assert span.attributes["sightline.chunks"] == 3
    assert span.attributes["sightline.stream_stopped"] is True
    assert span.status == 0
    assert closed == [span.span_id]  # the source was closed, inside its step


def test_an_async_consumer_that_stops_early_ends_the_step(sink: Sink) -> None:
    @sightline.step(kind="llm")
    async def tokens() -> AsyncIterator[str]:
        for word in ("a", "b", "c"):
            await asyncio.sleep(0.01)
            yield word

    async def consume() -> None:
        async for word in tokens():
            if word == "b":
                break

    asyncio.run(consume())
    said = sink.span("tokens").attributes
    assert (said["sightline.chunks"], said["output.value"], said["sightline.stream_stopped"]) == (2, "ab", True)
    assert said["sightline.ttft_ns"] >= 9e6


def test_a_cancelled_stream_is_told_as_cancelled(sink: Sink) -> None:
    started = asyncio.Event()

    @sightline.step(kind="llm")
    async def tokens() -> AsyncIterator[str]:
        yield "a"
        started.set()
        await asyncio.sleep(60)
        yield "never"

    async def consume() -> None:
        async for _ in tokens():
            pass

    async def main() -> None:
        task = asyncio.create_task(consume())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    span = sink.span("tokens")
    assert span.status == 2
    assert span.events[0][1]["exception.type"].endswith("CancelledError")


def test_a_stream_is_not_current_while_its_consumer_runs(sink: Sink) -> None:
    @sightline.step(kind="llm")
    def tokens() -> Iterator[str]:
        with sightline.step("inside"):
            pass
        yield "a"
        yield "b"

    with sightline.step("around") as around:
        for _ in tokens():
            assert trace.get_current_span() is around.span
    assert sink.span("inside").parent_id == sink.span("tokens").span_id
    assert sink.span("tokens").parent_id == sink.span("around").span_id


def test_a_generator_stays_one(sink: Sink) -> None:
    """send, throw, close and the return value go through, as Python's own rules for `yield from` have it."""

    @sightline.step
    def talk() -> Generator[int, str, tuple[list[str], str]]:
        heard: list[str] = []
        while True:
            try:
                heard.append((yield len(heard)))
            except KeyError as problem:
                return (heard, problem.args[0])

    stream = talk()
    assert inspect.isgeneratorfunction(talk)
    assert next(stream) == 0
    assert stream.send("x") == 1
    with pytest.raises(StopIteration) as end:
        stream.throw(KeyError("enough"))
    assert end.value.value == (["x"], "enough")
    assert sink.span(talk.__qualname__.rpartition("<locals>.")[2]).status == 0


def test_facts_are_recorded_under_their_names(sink: Sink) -> None:
    with sightline.step("answer", kind="llm") as this:
        this.model("gpt-4o", provider="openai", answered_by="gpt-4o-2024-08-06", finish_reason="stop")
        this.messages([{"role": "user", "content": "Hi"}], "Hello")
        this.usage(input_tokens=10, output_tokens=2, cache_read_tokens=4)
        this.prompt("answer", 7, variables={"tone": "kind"})
        this.decision("gpt-4o", alternatives=["haiku"], reason="long question", confidence=0.8)
        this.state(before={"draft": None})
        this.state(after={"draft": "Hello"})
        this.cache(hit=False)
        this.retry(2)
        failed = this.span_id
    with sightline.step("again", kind="llm") as other:
        other.fallback(this)
        sightline.current().set({"tier": "gold"})
    said = sink.span("answer").attributes
    assert said["gen_ai.request.model"], said["gen_ai.response.model"] == ("gpt-4o", "gpt-4o-2024-08-06")
    assert json.loads(said["gen_ai.output.messages"]) == [{"role": "assistant", "content": "Hello"}]
    assert (said["sightline.input_tokens"], said["sightline.cache_read_tokens"]) == (10, 4)
    assert "sightline.reasoning_tokens" not in said  # unknown is not zero
    assert (said["sightline.prompt_name"], said["sightline.prompt_version"]) == ("answer", "7")
    assert json.loads(said["sightline.decision"])["alternatives"] == ["haiku"]
    assert json.loads(said["sightline.state"]) == {"before": {"draft": None}, "after": {"draft": "Hello"}}
    assert (said["sightline.served_from_cache"], said["sightline.attempt"]) == (False, 2)
    again = sink.span("again").attributes
    assert (again["sightline.fallback_of"], again["tier"]) == (failed, "gold")


def test_what_a_retrieval_returns_is_read_as_documents(sink: Sink) -> None:
    class Node:
        page_content, metadata = "Bring it back within 30 days.", {"title": "Returns"}

    @sightline.step(kind="retrieval")
    def search(query: str) -> list[object]:
        return [{"id": "a", "score": 0.9, "text": "Free returns."}, (Node(), 0.5), "plain"]

    search("returns?")
    said = sink.span("search").attributes
    assert said["sightline.query"] == "returns?"
    assert json.loads(said["gen_ai.retrieval.documents"]) == [
        {"id": "a", "score": 0.9, "content": "Free returns."},
        {"content": "Bring it back within 30 days.", "metadata": {"title": "Returns"}, "score": 0.5},
        {"content": "plain"},
    ]


def test_a_value_that_cannot_be_shown_harms_nobody(sink: Sink) -> None:
    class Hostile:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    loop: list[object] = []
    loop.append(loop)

    @sightline.step
    def take(value: object) -> object:
        return value

    assert take(loop) is loop
    take(Hostile())
    spans = sink.until(lambda: [span for span in sink.spans if span.name == "take"] if len(sink.spans) > 1 else [])
    assert [span.attributes["input.value"] for span in spans] == ["<list>", "<Hostile>"]


def test_long_content_is_cut_at_its_limit(sink: Sink) -> None:
    sightline.init(content_chars=100)
    try:
        with sightline.step("long") as this:
            this.input("x" * 100)
            this.output("y" * 101)
    finally:
        sightline.init(content_chars=256 * 1024)
    said = sink.span("long").attributes
    assert said["input.value"] == "x" * 100
    assert said["output.value"] == "y" * 100 + "… (1 more characters)"


def test_without_content_facts_still_go(sink: Sink) -> None:
    sightline.init(content=False)

    @sightline.step(kind="retrieval")
    def search(query: str) -> list[dict[str, object]]:
        return [{"id": "a", "score": 0.9, "content": "secret"}]

    search("who?")
    said = sink.span("search").attributes
    assert "who?" not in str(said)
    assert json.loads(said["gen_ai.retrieval.documents"]) == [{"id": "a", "score": 0.9}]
