"""The check at the door: is this a request, which of its items can be kept, and is there anything the engine can't read as it is?

A body that passes is stored byte for byte unless something in it had to be refused or rewritten.
"""

import base64
import json
import math
from collections.abc import Callable, Iterator, Mapping, MutableSequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from sightline.receive._probe import has_nested_values
from sightline.receive.outcome import Signal

REQUESTS: Mapping[Signal, type[Message]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}

_NO_TRACE = bytes(16)
_NO_SPAN = bytes(8)
_JSON_TAG = bytes([0xC2, 0x3E])  # field 1000, length-delimited: AnyValue.json_value of the engine's own schema


class MalformedError(Exception):
    """The body can't be read as the request it claims to be."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A request that can be stored. `project` is what its resource says, None if it says nothing."""

    body: bytes
    items: int
    project: str | None
    refused: Mapping[str, int] = field(default_factory=dict)


def check(signal: Signal, body: bytes) -> list[Checked]:
    """Validate an Export*ServiceRequest in protobuf encoding: one answer, or one per project where its resources name several.

    Raises MalformedError when it does not parse (truncated, wrong types, text that is not UTF-8).
    """
    try:
        request: Any = REQUESTS[signal].FromString(body)
        nested = has_nested_values(signal, body)
    except DecodeError as error:
        raise MalformedError(f"The body is not a valid {REQUESTS[signal].__name__}: {error}") from error
    resources = getattr(request, _RESOURCES[signal])
    projects = [_project(resource) for resource in resources]
    if len(set(projects)) > 1:
        return [
            checked
            for project in dict.fromkeys(projects)
            for checked in check(signal, _only(signal, [r for r, p in zip(resources, projects, strict=True) if p == project]))
        ]
    items, refused = _COUNTERS[signal](request)
    if nested:
        for kv_list, values in _attribute_lists(signal, request):
            _flatten(kv_list, values)
    if nested or refused:
        body = request.SerializeToString()
    return [Checked(body, items, projects[0] if projects else None, refused)]


_RESOURCES: Mapping[Signal, str] = {"traces": "resource_spans", "logs": "resource_logs", "metrics": "resource_metrics"}


def _only(signal: Signal, resources: list[Any]) -> bytes:
    return REQUESTS[signal](**{_RESOURCES[signal]: resources}).SerializeToString()


def _count_spans(request: Any) -> tuple[int, dict[str, int]]:
    kept, refused = 0, dict[str, int]()
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            bad = []
            for index, span in enumerate(scope.spans):
                trace_id, span_id = span.trace_id, span.span_id
                if len(trace_id) != 16 or len(span_id) != 8 or trace_id == _NO_TRACE or span_id == _NO_SPAN:
                    bad.append((index, _id_fault(trace_id, span_id)))
            kept += len(scope.spans) - len(bad)
            _drop(scope.spans, bad, refused)
    return kept, refused


def _count_logs(request: Any) -> tuple[int, dict[str, int]]:
    kept, refused = 0, dict[str, int]()
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            bad = [
                (index, "a log record's trace_id must be 16 bytes and its span_id 8, or empty")
                for index, record in enumerate(scope.log_records)
                if len(record.trace_id) not in (0, 16) or len(record.span_id) not in (0, 8)
            ]
            kept += len(scope.log_records) - len(bad)
            _drop(scope.log_records, bad, refused)
    return kept, refused


_POINT_KINDS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")


def _count_points(request: Any) -> tuple[int, dict[str, int]]:
    points = 0
    for resource in request.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                points += len(getattr(metric, kind).data_points) if kind else 0
    return points, {}


_COUNTERS: Mapping[Signal, Callable[[Any], tuple[int, dict[str, int]]]] = {
    "traces": _count_spans,
    "logs": _count_logs,
    "metrics": _count_points,
}


def _id_fault(trace_id: bytes, span_id: bytes) -> str:
    for name, value, want in (("trace_id", trace_id, 16), ("span_id", span_id, 8)):
        if len(value) != want:
            return f"{name} must be {want} bytes"
        if not any(value):
            return f"{name} must not be all zeros"
    raise AssertionError("called for ids that are right")


def _drop(items: MutableSequence[Any], bad: list[tuple[int, str]], refused: dict[str, int]) -> None:
    for index, reason in reversed(bad):
        del items[index]
        refused[reason] = refused.get(reason, 0) + 1


_PROJECT_KEYS = ("sightline.project", "openinference.project.name")


def _project(resource: Any) -> str | None:
    """The project that a resource names, None if it names none."""
    said = {kv.key: kv.value.string_value for kv in resource.resource.attributes if kv.key in _PROJECT_KEYS}
    return next((said[key] for key in _PROJECT_KEYS if said.get(key)), None)


def _attribute_lists(signal: Signal, request: Any) -> Iterator[tuple[list[KeyValue], list[AnyValue]]]:
    """Everywhere in the request where values stand: attribute lists, and values on their own (a log's body)."""
    if signal == "traces":
        for resource in request.resource_spans:
            yield resource.resource.attributes, []
            for scope in resource.scope_spans:
                yield scope.scope.attributes, []
                for span in scope.spans:
                    yield span.attributes, []
                    for inner in (*span.events, *span.links):
                        yield inner.attributes, []
    elif signal == "logs":
        for resource in request.resource_logs:
            yield resource.resource.attributes, []
            for scope in resource.scope_logs:
                yield scope.scope.attributes, []
                for record in scope.log_records:
                    yield record.attributes, [record.body]
    else:
        for resource in request.resource_metrics:
            yield resource.resource.attributes, []
            for scope in resource.scope_metrics:
                yield scope.scope.attributes, []
                for metric in scope.metrics:
                    for kind in _POINT_KINDS:
                        for point in getattr(metric, kind).data_points if metric.HasField(kind) else ():
                            yield point.attributes, []


def _flatten(attributes: list[KeyValue], values: list[AnyValue]) -> None:
    for value in (*(kv.value for kv in attributes), *values):
        if value.HasField("kvlist_value") or (
            value.HasField("array_value")
            and any(element.WhichOneof("value") in {"array_value", "kvlist_value"} for element in value.array_value.values)
        ):
            text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")).encode()
            value.Clear()
            # kept as an unknown field: the public schema has no place for it, the engine's has
            value.MergeFromString(_JSON_TAG + varint(len(text)) + text)


def plain(value: AnyValue) -> Any:
    """An AnyValue as JSON can say it: bytes as `{"$bytes": base64}`, NaN and infinities as text, unset as null."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(element) for element in value.array_value.values]
    if kind == "kvlist_value":
        return {kv.key: plain(kv.value) for kv in value.kvlist_value.values}
    if kind == "bytes_value":
        return {"$bytes": base64.b64encode(value.bytes_value).decode()}
    if kind == "double_value" and not math.isfinite(value.double_value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value.double_value, "nan")
    return None if kind is None else getattr(value, kind)


def varint(number: int) -> bytes:
    """Protobuf's base-128 encoding of a number ≥ 0."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
