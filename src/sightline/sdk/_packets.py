"""Finished spans, scores and counts as OTLP request bodies."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

# all of it now: a fork while the exporting thread imports would leave the child waiting for that import for ever
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import SEVERITY_NUMBER_INFO, ResourceLogs, ScopeLogs
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE, ResourceMetrics, ScopeMetrics
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan

Value = str | bool | int | float


@dataclass(frozen=True, slots=True)
class Event:
    """A log event on its way out: what OpenTelemetry calls a log record with an event name."""

    name: str
    attributes: Mapping[str, Value]
    trace_id: int = 0
    span_id: int = 0
    body: str = ""
    time_ns: int = field(default_factory=time.time_ns)


@dataclass(frozen=True, slots=True)
class Packet:
    """One request: `signal` is traces, logs or metrics; `items` is how many it holds."""

    signal: str
    body: bytes
    items: int


def packed_spans(spans: Sequence[ReadableSpan]) -> tuple[list[Packet], int]:
    """The request for these spans, and how many could not be encoded."""
    try:
        return [Packet("traces", encode_spans(spans).SerializePartialToString(), len(spans))] if spans else [], 0
    except Exception:  # whatever an attribute held: its neighbours must not go with it
        if len(spans) == 1:
            return [], 1
    packets: list[Packet] = []
    lost = 0
    for span in spans:
        one, bad = packed_spans([span])
        packets, lost = packets + one, lost + bad
    return packets, lost


def packed_events(events: Sequence[Event], resource: Resource) -> list[Packet]:
    """The request for these events."""
    if not events:
        return []
    scope = ScopeLogs()
    scope.scope.name = "sightline"
    for event in events:
        record = scope.log_records.add(
            time_unix_nano=event.time_ns, observed_time_unix_nano=event.time_ns, severity_number=SEVERITY_NUMBER_INFO, event_name=event.name
        )
        if event.trace_id:
            record.trace_id = event.trace_id.to_bytes(16, "big")
        if event.span_id:
            record.span_id = event.span_id.to_bytes(8, "big")
        if event.body:
            record.body.string_value = event.body
        record.attributes.extend(_key_values(event.attributes))
    told = ResourceLogs(scope_logs=[scope])
    told.resource.attributes.extend(_key_values(_plain(resource)))
    return [Packet("logs", ExportLogsServiceRequest(resource_logs=[told]).SerializeToString(), len(events))]


def packed_drops(dropped: Mapping[str, int], since_ns: int, resource: Resource) -> Packet:
    """The request that tells the server what was dropped: the counter `sightline.sdk.dropped`, by reason."""
    scope = ScopeMetrics()
    scope.scope.name = "sightline"
    metric = scope.metrics.add(name="sightline.sdk.dropped", unit="{item}", description="Spans and scores that were given up.")
    metric.sum.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
    metric.sum.is_monotonic = True
    for reason, count in dropped.items():
        point = metric.sum.data_points.add(start_time_unix_nano=since_ns, time_unix_nano=time.time_ns(), as_int=count)
        point.attributes.extend(_key_values({"reason": reason}))
    told = ResourceMetrics(scope_metrics=[scope])
    told.resource.attributes.extend(_key_values(_plain(resource)))
    return Packet("metrics", ExportMetricsServiceRequest(resource_metrics=[told]).SerializeToString(), 0)


def _plain(resource: Resource) -> dict[str, Value]:
    return {key: value for key, value in resource.attributes.items() if isinstance(value, str | bool | int | float)}


def _key_values(attributes: Mapping[str, Value]) -> Iterator[KeyValue]:
    for key, value in attributes.items():
        if isinstance(value, bool):
            yield KeyValue(key=key, value=AnyValue(bool_value=value))
        elif isinstance(value, int):
            yield KeyValue(key=key, value=AnyValue(int_value=value))
        elif isinstance(value, float):
            yield KeyValue(key=key, value=AnyValue(double_value=value))
        else:
            yield KeyValue(key=key, value=AnyValue(string_value=str(value)))
