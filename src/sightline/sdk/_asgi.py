"""A request to an ASGI application (FastAPI, Starlette) is a span of its own, continued from its caller where that one says so."""

from collections.abc import Awaitable, Callable, MutableMapping
from time import time_ns
from types import ModuleType
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from sightline.sdk._hooks import when_imported
from sightline.sdk._options import log
from sightline.sdk._state import STATE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_SEEN = "sightline.request"
_CARRIED = (b"traceparent", b"tracestate", b"baggage")
_QUIET = frozenset({"/health", "/healthz", "/livez", "/readyz", "/ready", "/live", "/ping", "/metrics", "/favicon.ico"})
"""Paths that machines ask for all day."""


def watch() -> None:
    """Watch the applications of Starlette, and so of FastAPI, unless OpenTelemetry's own instrumentation does."""
    when_imported("starlette.applications", _watch)


def _watch(module: ModuleType) -> None:
    kind = module.Starlette
    called = kind.__call__
    if hasattr(called, _SEEN):
        return

    async def __call__(self: Any, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: N807
        if scope["type"] != "http" or _SEEN in scope or scope["path"] in _QUIET:
            await called(self, scope, receive, send)
            return
        scope[_SEEN] = True
        span = _already_told()
        if span is None:
            await _served(lambda told: called(self, scope, receive, told), scope, send)
        else:
            await called(self, scope, receive, _Clock(span, send))

    setattr(__call__, _SEEN, True)
    kind.__call__ = __call__


def _already_told() -> Any:
    """The server's span that runs here, where FastAPI tells of itself or OpenTelemetry's instrumentation tells of it."""
    span: Any = trace.get_current_span()
    return span if getattr(span, "kind", None) is SpanKind.SERVER and span.is_recording() else None


class _Clock:
    """A `send` that tells the request's span when a streamed answer began."""

    __slots__ = ("_began", "_send", "_span")

    def __init__(self, span: Any, send: Send) -> None:
        self._span, self._send, self._began = span, send, False

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if not self._began and message["type"] == "http.response.body" and message.get("body"):
            self._began = True
            if message.get("more_body", False) and self._span.is_recording():
                waited_ns = time_ns() - (self._span.start_time or 0)
                self._span.set_attributes({"sightline.ttft_ns": waited_ns, "sightline.streamed": True})
        await self._send(message)


async def _served(call: Callable[[Send], Awaitable[None]], scope: Scope, send: Send) -> None:
    try:
        carried = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if name in _CARRIED}
        above = propagate.extract(carried)
        span = STATE.tracer.start_span(
            f"{scope['method']} {scope['path']}",
            context=above,
            kind=SpanKind.SERVER,
            attributes={"sightline.kind": "request", "http.request.method": scope["method"], "url.path": scope["path"]},
            record_exception=False,
            set_status_on_exception=False,
        )
        inside = trace.set_span_in_context(span, above)
    except Exception:
        log.debug("a request could not be told of", exc_info=True)
        await call(send)
        return
    clock = _Clock(span, send)

    async def told(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            _answered(span, scope, int(message["status"]))
        await clock(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            span.end()

    token = context.attach(inside)
    try:
        await call(told)
    except BaseException as error:
        if span.is_recording():
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        raise
    finally:
        context.detach(token)
        if span.is_recording():
            span.end()


def _answered(span: Any, scope: Scope, status: int) -> None:
    route = getattr(scope.get("route"), "path", None)
    if route:
        span.update_name(f"{scope['method']} {scope.get('root_path', '')}{route}")
        span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR, f"HTTP {status}"))
