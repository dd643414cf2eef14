"""A stand-in collector over real HTTP: it decodes what OTLP clients send, and misbehaves when told to."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue


@dataclass(frozen=True)
class Seen:
    """A span as it arrived."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    events: list[tuple[str, dict[str, Any]]]
    status: int
    status_message: str
    duration_ns: int
    start_ns: int
    resource: dict[str, Any]
    scope: str
    kind: int


@dataclass
class Sink:
    """What arrived. `answer` decides the status of each request by its path; `delay_s` is how long it takes to say it."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    metrics: list[tuple[str, dict[str, Any], float]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    requests: int = 0
    answer: Callable[[str], int] = lambda path: 200
    delay_s: float = 0.0
    raw: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def span(self, name: str, *, within_s: float = 10.0) -> Seen:
        """The only span of that name, once it has arrived."""
        found = self.until(lambda: [span for span in self.spans if span.name == name], within_s=within_s)
        assert len(found) == 1, [span.name for span in self.spans]
        span: Seen = found[0]
        return span

    def until(self, ask: Callable[[], Any], *, within_s: float = 10.0) -> Any:
        """What `ask` answers once it is not empty."""
        with self.changed:
            assert self.changed.wait_for(ask, within_s), [span.name for span in self.spans]
            return ask()

    def take(self, path: str, body: bytes) -> None:
        """Decode a request that was accepted."""
        if path == "/v1/traces":
            for told in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in told.scope_spans:
                    for span in scope.spans:
                        self.spans.append(
                            Seen(
                                span.name,
                                span.trace_id.hex(),
                                span.span_id.hex(),
                                span.parent_span_id.hex(),
                                _plain(span.attributes),
                                [(event.name, _plain(event.attributes)) for event in span.events],
                                span.status.code,
                                span.status.message,
                                span.end_time_unix_nano - span.start_time_unix_nano,
                                span.start_time_unix_nano,
                                _plain(told.resource.attributes),
                                scope.scope.name,
                                span.kind,
                            )
                        )
        elif path == "/v1/logs":
            for logs in ExportLogsServiceRequest.FromString(body).resource_logs:
                for records in logs.scope_logs:
                    for record in records.log_records:
                        about = {"event": record.event_name, "trace_id": record.trace_id.hex(), "span_id": record.span_id.hex()}
                        self.events.append(about | _plain(record.attributes))
        else:
            for metrics in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for points in metrics.scope_metrics:
                    for metric in points.metrics:
                        self.metrics += [(metric.name, _plain(point.attributes), point.as_int) for point in metric.sum.data_points]


def _plain(attributes: Any) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in _typed(attributes)}


def _typed(attributes: Any) -> Iterator[KeyValue]:
    yield from attributes


def _value(value: AnyValue) -> Any:
    which = value.WhichOneof("value")
    if which == "array_value":
        return [_value(item) for item in value.array_value.values]
    return getattr(value, which) if which else None


@contextmanager
def collecting(certificate: Path | None = None) -> Iterator[Sink]:
    """A started sink, with TLS where it has a certificate."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if sink.delay_s:
                time.sleep(sink.delay_s)
            status = sink.answer(self.path)
            with sink.changed:
                sink.requests += 1
                sink.headers.append({name.lower(): value for name, value in self.headers.items()})
                if status == 200 and not sink.raw:
                    sink.take(self.path, body)
                sink.changed.notify_all()
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True  # its client has gone

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    sink.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
