"""The providers' real clients, streaming from stand-ins: when the first token came and how long the longest wait was."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import openai
import pytest

import sightline
from tests.sdk.sink import Seen, Sink
from tests.sdk.standin import WORDS, Provider, providing

WITHIN_NS = 5e6


@pytest.fixture(scope="module")
def provider(_collector: Sink) -> Iterator[Provider]:
    sightline.init(instrument=["openai", "anthropic", "streams", "http"])
    with providing() as started:
        yield started


def openai_stream(url: str) -> str:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0) as client:
        chunks = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Returns?"}], stream=True, stream_options={"include_usage": True}
        )
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def openai_stream_async(url: str) -> str:
    async def main() -> str:
        async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0) as client:
            chunks = await client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "Returns?"}], stream=True, stream_options={"include_usage": True}
            )
            return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices])

    return asyncio.run(main())


def anthropic_events(url: str) -> str:
    with anthropic.Anthropic(base_url=url, api_key="x", max_retries=0) as client:
        events: Any = client.messages.create(
            model="claude-stand-in", max_tokens=100, messages=[{"role": "user", "content": "Returns?"}], stream=True
        )
        return "".join(event.delta.text for event in events if event.type == "content_block_delta")


def anthropic_stream(url: str) -> str:
    asked: Any = {"model": "claude-stand-in", "max_tokens": 100, "messages": [{"role": "user", "content": "Returns?"}]}
    with anthropic.Anthropic(base_url=url, api_key="x", max_retries=0) as client, client.messages.stream(**asked) as stream:
        return "".join(stream.text_stream)


def anthropic_stream_async(url: str) -> str:
    async def main() -> str:
        async with anthropic.AsyncAnthropic(base_url=url, api_key="x", max_retries=0) as client:
            asked: Any = {"model": "claude-stand-in", "max_tokens": 100, "messages": [{"role": "user", "content": "Returns?"}]}
            async with client.messages.stream(**asked) as stream:
                return "".join([text async for text in stream.text_stream])

    return asyncio.run(main())


STREAMS = [openai_stream, openai_stream_async, anthropic_events, anthropic_stream, anthropic_stream_async]


@pytest.mark.parametrize("ask", STREAMS, ids=lambda ask: ask.__name__)
def test_the_first_token_and_the_longest_wait_are_the_providers_own(sink: Sink, provider: Provider, ask: Callable[[str], str]) -> None:
    first_off, wait_off = [], []
    ask(provider.url)  # imports, connections
    for _ in range(5):
        sightline.flush(10)
        sink.spans.clear()
        assert ask(provider.url) == "".join(WORDS)
        calls: list[Seen] = sink.until(lambda: [span for span in sink.spans if "sightline.stall_ns" in span.attributes])
        assert len(calls) == 1, [span.name for span in calls]
        said = calls[0].attributes
        first_off.append(abs(calls[0].start_ns + said["sightline.ttft_ns"] - provider.wrote_ns[0]))
        wait_off.append(abs(said["sightline.stall_ns"] - provider.longest_wait_ns()))
        assert said["sightline.streamed"] is True
    # a machine with too much to do is late on both sides: the best of five is what the clock itself is off by
    assert min(first_off) < WITHIN_NS
    assert min(wait_off) < WITHIN_NS


def test_anthropics_own_spans_carry_content(sink: Sink, provider: Provider) -> None:
    assert anthropic_events(provider.url)
    span = sink.until(lambda: [span for span in sink.spans if span.scope.startswith("com.anthropic")])[0]
    assert "Returns?" in str(span.attributes)
