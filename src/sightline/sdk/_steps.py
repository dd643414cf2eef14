"""A step of the application: one span, by decorator or `with`, for functions, coroutines, generators and async generators.

A stream's step is current only while the generator runs, never while its consumer does. Its first chunk, its longest wait and its end are
recorded, the end also when the consumer stops early.
"""

import functools
import inspect
from asyncio import CancelledError
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from time import perf_counter_ns
from types import TracebackType
from typing import Any, Literal, ParamSpec, Self, TypeVar, cast, overload

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from sightline.sdk import _said
from sightline.sdk._options import log
from sightline.sdk._recorder import Fact, Recorder
from sightline.sdk._state import STATE

P = ParamSpec("P")
R = TypeVar("R")
Kind = Literal["request", "chain", "llm", "embedding", "retrieval", "rerank", "tool", "agent", "guardrail", "evaluator", "other"]

_KEY = context.create_key("sightline-step")
_SPAN_KIND = {"llm": SpanKind.CLIENT, "embedding": SpanKind.CLIENT, "request": SpanKind.SERVER}
_FINDS = frozenset({"retrieval", "rerank"})
_STOPPED = {"sightline.stream_stopped": True}
"""The consumer wanted no more."""


class Step(Recorder):
    """A step that runs, or is about to: what `sightline.step(…)` returns."""

    __slots__ = (
        "_begin_ns",
        "_capture",
        "_chunks",
        "_facts",
        "_kind",
        "_last_ns",
        "_name",
        "_room",
        "_said",
        "_stall_ns",
        "_texts",
        "_token",
    )

    def __init__(self, name: str | None, kind: Kind, attributes: Mapping[str, Fact] | None, *, capture: bool) -> None:
        self._span = trace.INVALID_SPAN
        self._before = self._after = None
        self._name = name
        self._kind: Kind = kind
        self._said = attributes
        self._capture = capture
        self._token: Any = None
        self._facts: dict[str, Any] = {}
        self._chunks = self._begin_ns = self._last_ns = self._stall_ns = self._room = 0

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function, each call of it a step."""
        return _stepping(function, self._name or _named(function), self._kind, self._said, capture=self._capture)

    def __enter__(self) -> Self:
        self._begin()
        self._token = context.attach(self._inside())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._token is not None:
            context.detach(self._token)
            self._token = None
        self._end(error)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.__exit__(kind, error, traceback)

    def set(self, facts: Mapping[str, Any]) -> None:
        """Attributes of your own, by their names."""
        self._facts.update(facts)

    def chunk(self, text: str | None = None) -> None:
        """A chunk of a streamed answer has arrived: the first says the time to first token, the longest wait between two the stall."""
        now = perf_counter_ns()
        if self._chunks == 0:
            self._first(now)
        elif now - self._last_ns > self._stall_ns:
            self._stall_ns = now - self._last_ns
        self._chunks += 1
        self._last_ns = now
        if text is not None and self._room > 0:
            self._room -= len(text)
            self._texts.append(text)

    def _waited(self, waited_ns: int, item: Any) -> None:
        """A chunk came after its consumer had waited so long for it."""
        if self._chunks == 0:
            self._first(perf_counter_ns())
        elif waited_ns > self._stall_ns:
            self._stall_ns = waited_ns
        self._chunks += 1
        if item.__class__ is str and self._room > 0:
            self._room -= len(item)
            self._texts.append(item)

    def _first(self, now: int) -> None:
        self._facts["sightline.ttft_ns"] = now - self._begin_ns
        self._texts: list[str] = []
        self._room = STATE.chars if STATE.content else 0

    def _begin(self) -> None:
        try:
            facts: dict[str, Any] = {"sightline.kind": self._kind}
            if self._said:
                facts |= self._said
            self._span = STATE.tracer.start_span(
                self._name or self._kind,
                kind=_SPAN_KIND.get(self._kind, SpanKind.INTERNAL),
                attributes=facts,
                record_exception=False,
                set_status_on_exception=False,
            )
        except Exception:
            log.debug("a step could not begin", exc_info=True)
        self._begin_ns = perf_counter_ns()

    def _end(self, error: BaseException | None) -> None:
        try:
            if self._chunks:
                self._streamed()
            if self._facts:
                self._span.set_attributes(self._facts)
            if error is not None:
                _note(self._span, error)
            self._span.end()
        except Exception:
            log.debug("a step could not end", exc_info=True)

    def _streamed(self) -> None:
        facts = self._facts
        facts["sightline.streamed"] = True
        facts["sightline.chunks"] = self._chunks
        if self._chunks > 1:
            facts["sightline.stall_ns"] = self._stall_ns
        if self._texts and "output.value" not in facts:
            facts["output.value"] = _said.text_of("".join(self._texts), STATE.chars)

    def _inside(self) -> context.Context:
        return context.set_value(_KEY, self, trace.set_span_in_context(self._span))

    def _given(self, names: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        if not (STATE.content and self._capture):
            return
        values = {**dict(zip(names, args, strict=False)), **kwargs}
        values.pop("self", None)
        values.pop("cls", None)
        if self._kind in _FINDS:
            query = next((value for value in values.values() if isinstance(value, str)), None)
            if query is not None:
                self._facts["sightline.query"] = query[: STATE.chars]
        if values:
            self.input(next(iter(values.values())) if len(values) == 1 else values)

    def _gave(self, result: object) -> None:
        if not self._capture or result is None:
            return
        if self._kind in _FINDS and isinstance(result, list | tuple):
            self.documents(result)
        elif STATE.content and not inspect.isgenerator(result) and not inspect.isasyncgen(result):
            self.output(result)


@overload
def step(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def step(
    name: str | None = None, /, *, kind: Kind = "chain", capture: bool = True, attributes: Mapping[str, Fact] | None = None
) -> Step: ...
def step(
    name: Callable[..., Any] | str | None = None,
    /,
    *,
    kind: Kind = "chain",
    capture: bool = True,
    attributes: Mapping[str, Fact] | None = None,
) -> Any:
    """One step of the application, timed and told of: `@step`, `@step(kind="tool")`, `with step("rewrite") as this:`, `async with`.

    Decorates functions, coroutines, generators and async generators; unless `capture` is false, their arguments and what they return
    are recorded, and what a retrieval or rerank returns is read as documents. `with` gives the `Step`, on which facts are recorded.
    Costs the caller about what a span of OpenTelemetry's costs. Never raises into your code; errors of yours pass through.
    """
    if callable(name):
        return _stepping(name, _named(name), kind, attributes, capture=capture)
    return Step(name, kind, attributes, capture=capture)


def current() -> Recorder:
    """The step that runs here, else whatever span OpenTelemetry has as current: record facts on it."""
    span = trace.get_current_span()
    here = context.get_value(_KEY)
    return here if isinstance(here, Step) and here.span is span else Recorder(span)


def _named(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", type(function).__name__).rpartition("<locals>.")[2]


def _stepping(function: Callable[P, R], name: str, kind: Kind, attributes: Mapping[str, Fact] | None, *, capture: bool) -> Callable[P, R]:
    names = _parameters(function)
    if kind == "tool":
        attributes = {"sightline.tool_name": name, **(attributes or {})}

    def begin(args: Any, kwargs: Any) -> Step:
        this = Step(name, kind, attributes, capture=capture)
        this._given(names, args, kwargs)
        return this

    if inspect.isasyncgenfunction(function):
        return cast("Callable[P, R]", _async_stream(function, begin))
    if inspect.isgeneratorfunction(function):
        return cast("Callable[P, R]", _stream(function, begin))
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaiting(*args: Any, **kwargs: Any) -> Any:
            with begin(args, kwargs) as this:
                result = await function(*args, **kwargs)
                this._gave(result)
                return result

        return cast("Callable[P, R]", awaiting)

    @functools.wraps(function)
    def calling(*args: P.args, **kwargs: P.kwargs) -> R:
        with begin(args, kwargs) as this:
            result = function(*args, **kwargs)
            this._gave(result)
            return result

    return calling


def _stream(
    function: Callable[..., Generator[Any, Any, Any]], begin: Callable[[Any, Any], Step]
) -> Callable[..., Generator[Any, Any, Any]]:
    @functools.wraps(function)
    def streaming(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        this = begin(args, kwargs)
        source = function(*args, **kwargs)
        this._begin()
        inside, clock, note = this._inside(), perf_counter_ns, this._waited
        error: BaseException | None = None
        sent: Any = None
        thrown: BaseException | None = None
        try:
            while True:
                asked = clock()
                token = context.attach(inside)
                try:
                    item = source.send(sent) if thrown is None else source.throw(thrown)
                finally:
                    context.detach(token)
                note(clock() - asked, item)
                sent = thrown = None
                try:
                    sent = yield item
                except GeneratorExit:
                    token = context.attach(inside)
                    try:
                        source.close()
                    finally:
                        context.detach(token)
                    this.set(_STOPPED)
                    raise
                except BaseException as problem:  # what the consumer threw in is the source's to handle
                    thrown = problem
        except StopIteration as end:
            return end.value
        except GeneratorExit:
            raise
        except BaseException as problem:
            if problem is thrown and isinstance(problem, CancelledError):
                this.set(_STOPPED)  # its consumer was cancelled, not the stream
            else:
                error = problem
            raise
        finally:
            this._end(error)

    return streaming


def _async_stream(
    function: Callable[..., AsyncGenerator[Any, Any]], begin: Callable[[Any, Any], Step]
) -> Callable[..., AsyncGenerator[Any, Any]]:
    @functools.wraps(function)
    async def streaming(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        this = begin(args, kwargs)
        source = function(*args, **kwargs)
        this._begin()
        inside, clock, note = this._inside(), perf_counter_ns, this._waited
        error: BaseException | None = None
        sent: Any = None
        thrown: BaseException | None = None
        try:
            while True:
                asked = clock()
                token = context.attach(inside)
                try:
                    item = await (source.asend(sent) if thrown is None else source.athrow(thrown))
                finally:
                    context.detach(token)
                note(clock() - asked, item)
                sent = thrown = None
                try:
                    sent = yield item
                except GeneratorExit:
                    token = context.attach(inside)
                    try:
                        await source.aclose()
                    finally:
                        context.detach(token)
                    this.set(_STOPPED)
                    raise
                except BaseException as problem:  # what the consumer threw in is the source's to handle
                    thrown = problem
        except StopAsyncIteration:
            return
        except GeneratorExit:
            raise
        except BaseException as problem:
            if problem is thrown and isinstance(problem, CancelledError):
                this.set(_STOPPED)  # its consumer was cancelled, not the stream
            else:
                error = problem
            raise
        finally:
            this._end(error)

    return streaming


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()


def _note(span: trace.Span, error: BaseException) -> None:
    if isinstance(error, GeneratorExit | KeyboardInterrupt) or (isinstance(error, SystemExit) and not error.code):
        return
    span.record_exception(error)
    span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
