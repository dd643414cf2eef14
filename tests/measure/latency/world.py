"""Requests whose times are known."""

import time
from collections.abc import Mapping

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.otlp import new_id, span

MS = 1_000_000
CHAT = {"gen_ai.operation.name": "chat"}


def request(*steps: tuple[str, int, int, Mapping[str, object]], ms: int, ago_s: float = 60, **said: object) -> list[Span]:
    """A root of `ms`, and inside it steps of (name, starts after, lasts, attributes) in ms."""
    trace, root, start = new_id(16), new_id(8), time.time_ns() - int(ago_s * 1e9)
    spans = [
        span("answer", trace_id=trace, span_id=root, start_ns=start, ms=ms, said={name.replace("__", "."): v for name, v in said.items()})
    ]
    for name, after, lasts, inner in steps:
        failed = {"status": {"code": 2}} if inner.get("error.type") else {}
        spans.append(span(name, trace_id=trace, parent_span_id=root, start_ns=start + after * MS, ms=lasts, said=inner, **failed))
    return spans
