"""Finished spans on their way out: a bounded queue, one thread, one HTTP session. Nothing in here waits on the caller's thread.

What the server can't take now is kept and tried again, in memory or in the spool; beyond the bounds the oldest goes, and is counted.
"""

import email.utils
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
from opentelemetry import baggage, context
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from sightline.sdk._options import Options, log
from sightline.sdk._packets import Event, Packet, packed_drops, packed_events, packed_spans
from sightline.sdk._redact import without_secrets
from sightline.sdk._requests import ONCE, inherited
from sightline.sdk._spool import Spool
from sightline.sdk._state import EXPORT_THREAD, STATE
from sightline.sdk._tiers import Tiers

_BASE_BYTES = 512
_BATCH_BYTES = 8 * 1024 * 1024
_LONGEST_PAUSE_S = 30.0
_WARN_EVERY_S = 60.0
_ONCE_MORE_S = 0.2
_COMES_BACK_S = 2.0
"""How long a stream that its consumer left may be read on."""
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of everything that this process recorded: items are spans and scores."""

    sent: int
    """taken by the server"""
    waiting: int
    """in memory"""
    spooled: int
    """on disk"""
    dropped: Mapping[str, int]
    """given up, by reason: queue_full, refused, spool_full, spool_error, unencodable, exit"""
    error: str | None
    """why the last request failed; None when it did not"""


class Outbox(SpanProcessor):
    """OpenTelemetry's span processor that sends to Sightline. Safe in threads and across forks."""

    def __init__(self, options: Options, resource: Resource) -> None:
        self.options = options
        self.resource = resource
        self._fresh()

    def _fresh(self) -> None:
        STATE.left = set()
        self._lock = threading.RLock()  # the garbage collector may end a stream's span while this thread holds it
        self._queue: deque[tuple[ReadableSpan | Event, int]] = deque()
        self._bytes = 0
        self._packing: list[ReadableSpan | Event] = []
        self._pending: deque[Packet] = deque()
        self._wake = threading.Event()
        self._flushes: list[threading.Event] = []
        self._thread: threading.Thread | None = None
        self._session: requests.Session | None = None
        self._closed = False
        self._exit_at: float | None = None
        self._sent = 0
        self._dropped: dict[str, int] = {}
        self._told: dict[str, int] = {}
        self._warned: dict[str, int] = {}
        self._warned_at = 0.0
        self._error: str | None = None
        self._failures = 0
        self._not_before = 0.0
        self._since_ns = time.time_ns()
        self._tiers: Tiers | None = None
        self._spool: Spool | None = None
        self.configure(self.options)

    def configure(self, options: Options) -> None:
        """Other options from now on."""
        self.options = options
        self._spool = Spool(options.spool, options.spool_bytes) if options.spool else None
        self._tiers = Tiers(options.keep_content, options.slow_s, options.queue_items) if options.keep_content < 1 else None

    def after_fork(self) -> None:
        """In the child: what waited is the parent's to send."""
        self._fresh()

    # the caller's thread

    def on_start(self, span: Span, parent_context: context.Context | None = None) -> None:
        """A span inherits what its request says."""
        said = baggage.get_all(parent_context)
        if said:
            span.set_attributes(inherited(said))
        if span.parent is None:
            once = context.get_value(ONCE, parent_context)
            if isinstance(once, dict):
                span.set_attributes(once)

    def on_end(self, span: ReadableSpan) -> None:
        """Queue a finished span; a full queue gives up its oldest."""
        told = span.context
        if told is None or not told.trace_flags.sampled:
            return
        values = getattr(getattr(span, "_attributes", None), "_dict", None) or {}
        size = _BASE_BYTES + sum([len(value) for value in values.values() if value.__class__ is str])
        if self._tiers is None:
            self._put(span, size)
        else:
            for one, bytes_ in self._tiers.ended(span, size):
                self._put(one, bytes_)
        if self.options.flush_each_request and (span.parent is None or span.parent.is_remote):
            self.flush(self.options.exit_s)

    def put_event(self, event: Event) -> None:
        """Queue a score."""
        self._put(event, _BASE_BYTES + len(event.body) + sum(len(value) for value in event.attributes.values() if isinstance(value, str)))

    def _put(self, item: ReadableSpan | Event, size: int) -> None:
        options = self.options
        with self._lock:
            if self._closed:
                self._lose("exit", 1)
                return
            queue = self._queue
            queue.append((item, size))
            self._bytes += size
            waiting = len(queue)
            while waiting > options.queue_items or (self._bytes > options.queue_bytes and waiting > 1):
                self._bytes -= queue.popleft()[1]
                self._lose("queue_full", 1)
                waiting -= 1
        if self._thread is None:
            self._start()
        if waiting >= options.batch_items and not self._wake.is_set():
            self._wake.set()

    def _lose(self, reason: str, items: int) -> None:
        if items:
            self._dropped[reason] = self._dropped.get(reason, 0) + items

    # waiting for it

    def flush(self, timeout_s: float) -> bool:
        """Send what waits, now; returns whether all of it was taken, after `timeout_s` seconds at the most."""
        if self._tiers is not None:
            for one, size in self._tiers.release():
                self._put(one, size)
        STATE.end_left(0)
        done = threading.Event()
        with self._lock:
            self._flushes.append(done)
        if not self._start():
            self._exit_at = self._exit_at or time.monotonic() + timeout_s
            self._cycle()
        self._wake.set()
        return done.wait(timeout_s) and self._waiting() == 0

    def close(self, timeout_s: float) -> None:
        """Send what waits; what is left after `timeout_s` seconds goes to the spool, else it is counted as dropped."""
        if self._closed:
            return
        self._exit_at = time.monotonic() + timeout_s
        STATE.end_left(0)
        if (self._waiting() or self._tiers is not None) and not self.flush(timeout_s):
            left_s = self._exit_at - time.monotonic() - _ONCE_MORE_S
            if left_s > 0 and self._waiting():  # a connection that was reset is worth one more try
                time.sleep(_ONCE_MORE_S)
                self.flush(left_s)
        with self._lock:
            self._closed = True
            left = [*self._packing, *(item for item, _ in self._queue)]
            self._packing = []
            self._queue.clear()
            packets = list(self._pending)
            self._pending.clear()
        if self._spool is not None:
            made, bad = self._packed(left)
            with self._lock:
                self._lose("unencodable", bad)
            for packet in (*packets, *made):
                self._to_spool(packet)
        else:
            with self._lock:
                self._lose("exit", len(left) + sum(packet.items for packet in packets))
        self._wake.set()
        self._warn(last=True)

    def shutdown(self) -> None:
        """OpenTelemetry's word for closing."""
        self.close(self.options.exit_s)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """OpenTelemetry's word for flushing."""
        return self.flush(timeout_millis / 1000)

    def exported(self) -> Exported:
        """The counts so far."""
        spooled = self._spool.items() if self._spool is not None else 0
        with self._lock:
            return Exported(self._sent, self._waiting(), spooled, dict(self._dropped), self._error)

    def _waiting(self) -> int:
        held = self._tiers.held() if self._tiers is not None else 0
        return len(self._queue) + len(self._packing) + held + sum(packet.items for packet in tuple(self._pending))

    # the thread

    def _start(self) -> bool:
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return True
            self._thread = threading.Thread(target=self._run, name=EXPORT_THREAD, daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # the interpreter is going down, or the machine has no threads left
                self._thread = None
                return False
        return True

    def _run(self) -> None:
        context.attach(context.set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
        mine = threading.current_thread()
        while not self._closed and self._thread is mine:
            self._wake.wait(self.options.every_s)
            self._wake.clear()
            try:
                self._cycle()
            except Exception as error:  # whatever it is, it is not the application's
                self._error = f"{type(error).__name__}: {error}"
                log.debug("export failed", exc_info=True)

    def _cycle(self) -> None:
        STATE.end_left(_COMES_BACK_S)
        with self._lock:
            flushes, self._flushes = self._flushes, []
        try:
            if flushes or time.monotonic() >= self._not_before:
                self._send_all()
            elif self._spool is not None:
                self._empty_into_spool()
        finally:
            for done in flushes:
                done.set()
        self._warn()

    def _send_all(self) -> None:
        """Everything that waits, oldest first, until the server says no."""
        if self._spool is not None:
            for kept in self._spool.claim():
                if not self._deliver(kept.packet):
                    self._spool.back(kept)
                    self._empty_into_spool()
                    return
                self._spool.done(kept)
        while (packet := self._next()) is not None:
            if not self._deliver(packet):
                if self._spool is not None:
                    self._empty_into_spool()
                return
            self._dealt(packet)
        if self._dropped != self._told and self._sent:
            dropped = dict(self._dropped)
            if self._deliver(packed_drops(dropped, self._since_ns, self.resource)):
                self._told = dropped

    def _next(self) -> Packet | None:
        """What is sent next; it stays pending until it is dealt with."""
        while not self._pending:
            if self._closed:
                return None
            items = self._take()
            if not items:
                return None
            packets, bad = self._packed(items)
            with self._lock:
                if self._closed:
                    return None  # it has been accounted for
                self._packing = []
                self._lose("unencodable", bad)
                self._pending.extend(packets)
        return self._pending[0]

    def _dealt(self, packet: Packet) -> None:
        with self._lock:
            if self._pending and self._pending[0] is packet:
                self._pending.popleft()

    def _take(self) -> list[ReadableSpan | Event]:
        items: list[ReadableSpan | Event] = []
        taken = 0
        with self._lock:
            while self._queue and len(items) < self.options.batch_items and taken < _BATCH_BYTES:
                item, size = self._queue.popleft()
                items.append(item)
                taken += size
            self._bytes -= taken
            self._packing = items
        return items

    def _packed(self, items: Sequence[ReadableSpan | Event]) -> tuple[list[Packet], int]:
        spans = [item for item in items if isinstance(item, ReadableSpan)]
        events = [item for item in items if not isinstance(item, ReadableSpan)]
        if self.options.redact:
            spans = [without_secrets(span) for span in spans]
        packets, bad = packed_spans(spans)
        return packets + packed_events(events, self.resource), bad

    def _empty_into_spool(self) -> None:
        while (packet := self._next()) is not None:
            self._to_spool(packet)
            self._dealt(packet)

    def _to_spool(self, packet: Packet) -> None:
        if self._spool is None:
            return
        try:
            lost = self._spool.keep(packet)
        except OSError as error:
            self._error = f"the spool can't be written: {error}"
            with self._lock:
                self._lose("spool_error", packet.items)
        else:
            with self._lock:
                self._lose("spool_full", lost)

    def _deliver(self, packet: Packet) -> bool:
        """Whether it is dealt with: taken, or refused for good and counted. False: the server may take it later."""
        now = time.monotonic()
        timeout = self.options.timeout_s if self._exit_at is None else max(0.05, min(self.options.timeout_s, self._exit_at - now))
        try:
            status, answer, retry_after = self._post(packet, timeout)
        except Exception as error:  # requests has a family of its own; an application's proxy setting may raise anything
            status, answer, retry_after = 0, b"", None
            self._session = None
            self._error = f"{type(error).__name__}: {error}"
        if 200 <= status < 300:
            refused = min(_refused(packet.signal, answer), packet.items) if answer else 0
            with self._lock:
                self._sent += packet.items - refused
                self._lose("refused", refused)
            self._error, self._failures, self._not_before = None, 0, 0.0
            return True
        if status:
            self._error = f"{self.options.url} answered {status}: {answer[:200].decode(errors='replace')}"
        if status and status not in _LATER:
            with self._lock:
                self._lose("refused", packet.items)
            return True
        self._failures += 1
        pause = min(_LONGEST_PAUSE_S, 0.5 * 2.0 ** min(self._failures, 10)) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        self._not_before = time.monotonic() + (pause if retry_after is None else retry_after)
        return False

    def _post(self, packet: Packet, timeout_s: float) -> tuple[int, bytes, float | None]:
        if self._session is None:
            self._session = requests.Session()
        response = self._session.post(
            f"{self.options.url}/v1/{packet.signal}",
            data=packet.body,
            headers=self.options.request_headers(),
            timeout=(min(timeout_s, 3.0), timeout_s),
            verify=self.options.certificate or True,
            allow_redirects=False,
        )
        return response.status_code, response.content, _retry_after(response.headers.get("retry-after"))

    def _warn(self, *, last: bool = False) -> None:
        """Say what was dropped, at most once a minute."""
        now = time.monotonic()
        with self._lock:
            new = {
                reason: count - self._warned.get(reason, 0)
                for reason, count in self._dropped.items()
                if count > self._warned.get(reason, 0)
            }
            if not new or (now - self._warned_at < _WARN_EVERY_S and self._warned_at and not last):
                return
            self._warned, self._warned_at = dict(self._dropped), now
        reasons = ", ".join(f"{reason} {count}" for reason, count in new.items())
        with suppress(Exception):  # an application's handler may be closed by now
            log.warning(
                "%d spans or scores were not sent to %s (%s); last error: %s", sum(new.values()), self.options.url, reasons, self._error
            )


def _retry_after(said: str | None) -> float | None:
    if said is None:
        return None
    with suppress(ValueError):
        return min(300.0, max(0.0, float(said)))
    with suppress(ValueError, TypeError):
        return min(300.0, max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time()))
    return None


def _refused(signal: str, answer: bytes) -> int:
    """How many items the server took the request without."""
    read: Mapping[str, Callable[[bytes], Any]] = {
        "traces": lambda body: ExportTraceServiceResponse.FromString(body).partial_success.rejected_spans,
        "logs": lambda body: ExportLogsServiceResponse.FromString(body).partial_success.rejected_log_records,
    }
    try:
        return int(read[signal](answer)) if signal in read else 0
    except Exception:  # a proxy's page of HTML with status 200: taken, as far as anyone can tell
        return 0
