"""The clock of a model's stream: on whichever span tells of the call, when its first token came and how long the longest wait was.

It sits inside the clients' own stream classes, below any instrumentation, and costs a fraction of a microsecond a chunk.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from time import perf_counter_ns, time_ns
from types import ModuleType
from typing import Any, Protocol

from opentelemetry import context, trace

from sightline.sdk._hooks import when_imported
from sightline.sdk._options import log

_CLOCK = "_sightline_clock"

CALL = context.create_key("sightline-call")
"""Who tells of the call that is being made, where it is Sightline itself: it watches its own stream."""


class Watcher(Protocol):
    """One who tells of a call."""

    def watched(self, source: Iterator[Any]) -> Iterator[Any]:
        """The same chunks."""

    def watched_async(self, source: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The same chunks."""

    def left(self) -> None:
        """The consumer's loop is over."""

    def closed(self) -> None:
        """The stream was closed."""


def watch() -> None:
    """Watch the streams of OpenAI's and Anthropic's clients."""
    when_imported("openai._streaming", _watch)
    when_imported("anthropic._streaming", _watch)


def _watch(module: ModuleType) -> None:
    for name, timed in (("Stream", _timed), ("AsyncStream", _timed_async)):
        kind = getattr(module, name)
        if not hasattr(kind, _CLOCK):
            setattr(kind, _CLOCK, None)
            _wrap(kind, timed)


def _wrap(kind: Any, timed: Callable[[Any, Any], Any]) -> None:
    made, streamed = kind.__init__, kind.__stream__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        span = trace.get_current_span()
        setattr(self, _CLOCK, context.get_value(CALL) or (span if span.is_recording() else None))
        made(self, *args, **kwargs)

    def __stream__(self: Any) -> Any:  # noqa: N807
        clock = getattr(self, _CLOCK, None)
        if clock is None:
            return streamed(self)
        if not hasattr(clock, "watched"):
            return timed(streamed(self), clock)
        return clock.watched(streamed(self)) if timed is _timed else clock.watched_async(streamed(self))

    kind.__init__, kind.__stream__ = __init__, __stream__
    if timed is _timed:
        _wrap_loop(kind)
    else:
        _wrap_async_loop(kind)


def _wrap_loop(kind: Any) -> None:
    looped, close = kind.__iter__, kind.close

    def __iter__(self: Any) -> Any:  # noqa: N807
        clock: Any = getattr(self, _CLOCK, None)
        return _left(looped(self), clock) if hasattr(clock, "left") else looped(self)

    def closed(self: Any) -> None:
        clock: Any = getattr(self, _CLOCK, None)
        close(self)
        if hasattr(clock, "closed"):
            clock.closed()

    kind.__iter__, kind.close = __iter__, closed


def _wrap_async_loop(kind: Any) -> None:
    looped, close = kind.__aiter__, kind.close

    def __aiter__(self: Any) -> Any:  # noqa: N807
        clock: Any = getattr(self, _CLOCK, None)
        return _left_async(looped(self), clock) if hasattr(clock, "left") else looped(self)

    async def closed(self: Any) -> None:
        clock: Any = getattr(self, _CLOCK, None)
        await close(self)
        if hasattr(clock, "closed"):
            clock.closed()

    kind.__aiter__, kind.close = __aiter__, closed


def _left(source: Iterator[Any], watcher: Watcher) -> Iterator[Any]:
    try:
        yield from source
    finally:
        watcher.left()


async def _left_async(source: AsyncIterator[Any], watcher: Watcher) -> AsyncIterator[Any]:
    try:
        async for item in source:
            yield item
    finally:
        watcher.left()


def _timed(source: Iterator[Any], span: Any) -> Iterator[Any]:
    last = perf_counter_ns()
    longest, begun = 0, False
    try:
        for item in source:
            now = perf_counter_ns()
            if begun:
                if now - last > longest:
                    longest = now - last
                    _tell(span, longest)
            elif begun := is_token(item):
                _begin(span)
            last = now
            yield item
            if begun:
                last = perf_counter_ns()  # what the consumer took is no wait
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()


async def _timed_async(source: AsyncIterator[Any], span: Any) -> AsyncIterator[Any]:
    last = perf_counter_ns()
    longest, begun = 0, False
    try:
        async for item in source:
            now = perf_counter_ns()
            if begun:
                if now - last > longest:
                    longest = now - last
                    _tell(span, longest)
            elif begun := is_token(item):
                _begin(span)
            last = now
            yield item
            if begun:
                last = perf_counter_ns()  # what the consumer took is no wait
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


def _begin(span: Any) -> None:
    started = getattr(span, "start_time", None)
    if started is not None and span.is_recording():
        span.set_attributes({"sightline.ttft_ns": time_ns() - started, "sightline.streamed": True})


def _tell(span: Any, longest_ns: int) -> None:
    """Told as it grows: whoever ends the span may do so before the stream's end is seen here."""
    if span.is_recording():
        span.set_attribute("sightline.stall_ns", longest_ns)


def is_token(item: Any) -> bool:
    """Whether this is the first piece of an answer, not the announcement of one."""
    try:
        choices = getattr(item, "choices", None)
        if choices is not None:
            return any(_says_something(choice) for choice in choices)
        kind = getattr(item, "type", None)
        return kind is None or kind == "content_block_delta" or kind.endswith(".delta")
    except Exception:
        log.debug("a chunk of an unknown shape", exc_info=True)
        return True


def _says_something(choice: Any) -> bool:
    delta = getattr(choice, "delta", None)
    if delta is None:
        return bool(getattr(choice, "text", None))
    return any(getattr(delta, name, None) for name in ("content", "tool_calls", "refusal", "reasoning_content", "reasoning", "audio"))
