"""The traces of an experiment: each run of each item is one, sent to the server over OTLP like any other."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

_FLUSH_MS = 30_000


class Tracing:
    """Spans of this process that go to the experiment's project.

    Where the process has no tracer provider yet, ours becomes it, so that whatever is instrumented inside the callable is seen; where it
    has one, its spans are sent to the experiment's project too.
    """

    def __init__(self, url: str, project: str) -> None:
        exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", headers={"x-sightline-project": project})
        self._processor = BatchSpanProcessor(exporter)
        current = trace.get_tracer_provider()
        if not isinstance(current, TracerProvider):
            resource = Resource.create({"service.name": "sightline-eval", "deployment.environment.name": "experiment"})
            current = TracerProvider(resource=resource)
            trace.set_tracer_provider(current)
        current.add_span_processor(self._processor)
        self._tracer = current.get_tracer("sightline.experiments")

    @contextmanager
    def item(self, attributes: Mapping[str, Any]) -> Iterator[trace.Span]:
        """The root of a trace of its own."""
        with self._tracer.start_as_current_span("experiment", context=Context(), attributes=_plain(attributes)) as span:
            yield span

    def flush(self) -> None:
        """Return when all spans were sent, or can't be."""
        self._processor.force_flush(_FLUSH_MS)

    def close(self) -> None:
        """Send what is left; nothing is sent afterwards."""
        self._processor.shutdown()  # type: ignore[no-untyped-call]


def trace_id(span: trace.Span) -> str:
    """32 hex digits."""
    return trace.format_trace_id(span.get_span_context().trace_id)


def text(value: Any) -> str:
    """Anything as an attribute's text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
