"""OTLP requests for tests, built with the protocol's own classes."""

import itertools
import time
from collections.abc import Iterable, Mapping
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span

_serial = itertools.count(1)


def any_value(value: object) -> AnyValue:
    """A Python value as OTLP says it."""
    match value:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case str():
            return AnyValue(string_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case list() | tuple():
            return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
        case dict():
            return AnyValue(kvlist_value=KeyValueList(values=attributes(value)))
    raise TypeError(type(value))


def attributes(said: Mapping[str, object]) -> list[KeyValue]:
    """Attributes as OTLP says them."""
    return [KeyValue(key=key, value=any_value(value)) for key, value in said.items()]


def new_id(size: int) -> bytes:
    """An id that no other test has."""
    return (time.time_ns() << 16 | next(_serial) & 0xFFFF).to_bytes(10, "big")[-size:].rjust(size, b"\1")


def span(name: str = "step", *, said: Mapping[str, object] | None = None, start_ns: int | None = None, ms: int = 5, **fields: Any) -> Span:
    """A span that started just now unless told otherwise; `said` are its attributes, `fields` the protocol's own."""
    start = time.time_ns() - ms * 1_000_000 if start_ns is None else start_ns
    values: dict[str, Any] = {
        "trace_id": new_id(16),
        "span_id": new_id(8),
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + ms * 1_000_000,
    }
    return Span(name=name, attributes=attributes(said or {}), **(values | fields))


def traces(spans: Iterable[Span], *, resource: Mapping[str, object] | None = None) -> ExportTraceServiceRequest:
    """One request with one resource and one scope."""
    request = ExportTraceServiceRequest()
    of = request.resource_spans.add()
    of.resource.attributes.extend(attributes(resource or {"service.name": "test"}))
    scope = of.scope_spans.add()
    scope.scope.name = "tests"
    scope.spans.extend(spans)
    return request
