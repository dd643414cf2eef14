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
        if scope["type"] != "http" or _SEEN in scope or scope["path"] in _QUIET or _is_told_already():
            await called(self, scope, receive, send)
        else:
            scope[_SEEN] = True
            await _served(lambda told: called(self, scope, receive, told), scope, send)

    setattr(__call__, _SEEN, True)
    kind.__call__ = __call__


def _is_told_already() -> bool:
    """Whether a server's span runs here, of OpenTelemetry's own instrumentation."""
    return getattr(trace.get_current_span(), "kind", None) is SpanKind.SERVER


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
    began = False

    async def told(message: MutableMapping[str, Any]) -> None:
        nonlocal began
        if message["type"] == "http.response.start":
            _answered(span, scope, int(message["status"]))
        elif message["type"] == "http.response.body":
            more = message.get("more_body", False)
            if more and not began and message.get("body"):
                began = True
                span.set_attributes(
                    {"sightline.ttft_ns": time_ns() - (getattr(span, "start_time", None) or time_ns()), "sightline.streamed": True}
                )
            if not more:
                await send(message)
                span.end()
                return
        await send(message)

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
