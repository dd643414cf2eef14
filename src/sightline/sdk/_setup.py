"""`init()`: OpenTelemetry configured or joined, Sightline's outbox on it, the installed LLM libraries' instrumentations switched on."""

import atexit
import os
import signal
import threading
from collections.abc import Collection, Mapping
from types import FrameType
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider

from sightline import __version__
from sightline.sdk._options import Options, log, read_options
from sightline.sdk._outbox import Exported, Outbox
from sightline.sdk._state import EXPORT_THREAD, SCOPE, STATE

_lock = threading.Lock()
_MOST_ATTRIBUTES = 1024
"""OpenTelemetry's own 128 would cut the conversations of instrumentations that spread messages over attributes."""


def init(
    *,
    url: str | None = None,
    project: str | None = None,
    api_key: str | None = None,
    headers: Mapping[str, str] | None = None,
    certificate: str | os.PathLike[str] | None = None,
    service: str | None = None,
    environment: str | None = None,
    release: str | None = None,
    content: bool | None = None,
    redact: bool | None = None,
    content_chars: int | None = None,
    instrument: bool | Collection[str] = True,
    propagate_to: Collection[str] | None = None,
    spool: str | os.PathLike[str] | None = None,
    spool_bytes: int | None = None,
    queue_items: int | None = None,
    queue_bytes: int | None = None,
    batch_items: int | None = None,
    every_s: float | None = None,
    timeout_s: float | None = None,
    exit_s: float | None = None,
    flush_each_request: bool | None = None,
    keep_content: float | None = None,
    slow_s: float | None = None,
    sigterm: bool = True,
) -> None:
    """Send this process's traces to Sightline; call it once, early. Again is fine: it changes what it is told and nothing else.

    Each option can also be a variable, `SIGHTLINE_URL`, `SIGHTLINE_PROJECT` …; `docs/sdk.md` lists them with their units and defaults.
    `instrument` is true for every LLM library found, false for none, or their names. Joins OpenTelemetry's global provider where there
    is one. Starts one daemon thread at the first span, waits at exit for `exit_s` seconds at the most, and with `sigterm` does the same
    at SIGTERM where nobody else handles it. Never raises; an option that can't be used is logged on `sightline` and left out.
    """
    said = {
        name: value
        for name, value in locals().items()
        if name not in {"service", "environment", "release", "instrument", "sigterm"} and value is not None
    }
    try:
        with _lock:
            _init(said, service, environment, release, sigterm=sigterm)
            if STATE.outbox is not None:
                from sightline.sdk._instrument import switch_on

                switch_on(instrument, STATE.outbox.options)
    except Exception:
        log.warning("Sightline could not be set up; the application goes on without it", exc_info=True)


def _init(said: Mapping[str, Any], service: str | None, environment: str | None, release: str | None, *, sigterm: bool) -> None:
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return
    options = read_options({**_before, **said})
    _before.update(said)
    STATE.content, STATE.chars, STATE.url = options.content, options.content_chars, options.url
    if STATE.outbox is not None:
        STATE.outbox.configure(options)
        return
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider(resource=_resource(service, environment, release), shutdown_on_exit=False, span_limits=_limits())
        trace.set_tracer_provider(provider)
        joined = trace.get_tracer_provider()
        if isinstance(joined, TracerProvider):
            provider = joined  # another thread was faster
    outbox = Outbox(options, provider.resource)
    provider.add_span_processor(outbox)
    STATE.outbox, STATE.tracer = outbox, provider.get_tracer(SCOPE, __version__)
    atexit.register(_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=outbox.after_fork)
    if sigterm:
        _watch_sigterm()


_before: dict[str, Any] = {}
"""What earlier calls said: a later call changes what it names."""


def _resource(service: str | None, environment: str | None, release: str | None) -> Resource:
    said = {SERVICE_NAME: service, "deployment.environment.name": environment, "service.version": release}
    named = {key: value for key, value in said.items() if value}
    for key, variable in (("deployment.environment.name", "SIGHTLINE_ENVIRONMENT"), ("service.version", "SIGHTLINE_RELEASE")):
        if key not in named and os.environ.get(variable):
            named[key] = os.environ[variable]
    return Resource.create(named)


def _limits() -> SpanLimits:
    if any(os.environ.get(name) for name in ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT")):
        return SpanLimits()
    return SpanLimits(max_span_attributes=_MOST_ATTRIBUTES)


def _at_exit() -> None:
    outbox = STATE.outbox
    if outbox is not None:
        outbox.close(outbox.options.exit_s)


def _watch_sigterm() -> None:
    """SIGTERM ends a plain script without its exit handlers: send what waits first, then let it end as it would have."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return

    def ended(number: int, frame: FrameType | None) -> None:
        # on a thread of its own: this one may be anywhere, also inside of a lock that closing needs
        closing = threading.Thread(target=_at_exit, name=EXPORT_THREAD, daemon=True)
        closing.start()
        closing.join(STATE.outbox.options.exit_s + 0.5 if STATE.outbox is not None else 0)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, ended)


def flush(timeout_s: float = 10.0) -> bool:
    """Send what waits, now; returns whether the server took all of it within `timeout_s` seconds. For the end of a job or a test."""
    outbox = STATE.outbox
    try:
        return outbox.flush(timeout_s) if outbox is not None else True
    except Exception:
        log.debug("flush failed", exc_info=True)
        return False


def exported() -> Exported:
    """What became of everything recorded so far: sent, waiting, spooled, dropped by reason, and the last error."""
    outbox = STATE.outbox
    return outbox.exported() if outbox is not None else Exported(0, 0, 0, {}, "sightline.init() was not called")


def current_trace_url() -> str | None:
    """The address of the current trace's page; None outside of a trace or before `init()`."""
    told = trace.get_current_span().get_span_context()
    outbox = STATE.outbox
    if outbox is None or not told.is_valid:
        return None
    options: Options = outbox.options
    project = f"?project={options.project}" if options.project else ""
    return f"{options.url}/traces/{trace.format_trace_id(told.trace_id)}{project}"
