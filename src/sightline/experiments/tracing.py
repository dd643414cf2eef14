"""The traces of an experiment: each run of each item is one, sent to the server over OTLP like any other."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator

_FLUSH_MS = 30_000


class Tracing:
    """Spans of this process that go to the experiment's project.

    Where the process has no tracer provider yet, ours becomes it, so that whatever is instrumented inside the callable is seen; where it
    has one, its spans are sent to the experiment's project too.
    """

    def __init__(self, url: str, project: str) -> None:
        exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", headers={"x-sightline-project": project})
        self._processor = BatchSpanProcessor(exporter)
        resource = Resource.create({"service.name": "sightline-eval", "deployment.environment.name": "experiment"})
        ours = TracerProvider(resource=resource, id_generator=_Ids())
        ours.add_span_processor(self._processor)
        current = trace.get_tracer_provider()
        if isinstance(current, TracerProvider):
            current.add_span_processor(self._processor)
        else:
            trace.set_tracer_provider(ours)
        self._tracer = ours.get_tracer("sightline.experiments")

    @contextmanager
    def item(self, attributes: Mapping[str, Any]) -> Iterator[trace.Span]:
        """The root of a trace of its own."""
        with self._tracer.start_as_current_span("experiment", context=Context(), attributes=_plain(attributes)) as span:
            yield span

    def close(self) -> None:
        """Send what is left; nothing is sent afterwards."""
        self._processor.force_flush(_FLUSH_MS)
        self._processor.shutdown()  # type: ignore[no-untyped-call]


class _Ids(IdGenerator):
    """Ids that no code can repeat: the usual ones come from `random`, which an experiment's function may well seed for every item."""

    def generate_span_id(self) -> int:
        """64 bits, not 0."""
        return secrets.randbits(64) or 1

    def generate_trace_id(self) -> int:
        """128 bits, not 0."""
        return secrets.randbits(128) or 1


def trace_id(span: trace.Span) -> str:
    """32 hex digits."""
    return trace.format_trace_id(span.get_span_context().trace_id)


def text(value: Any) -> str:
    """Anything as an attribute's text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
