"""Finds nested values in a request at the speed of the protobuf parser, without a look at each attribute from Python.

The engine reads attributes of primitives and of arrays of primitives. A map, or an array inside an array, has to become JSON
text first, and a walk over all attributes would cost more than the engine's whole decode. So the request is parsed as messages
that know only the places where such values stand, as a message with a required field that nobody ever sends: the parser's own
`IsInitialized` then says whether one is there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

if TYPE_CHECKING:
    from google.protobuf.message import Message

_ONE = descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL
_MANY = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED

# message → {field number: (type, label)}: only the path to values, numbered as in opentelemetry-proto.
_ATTRIBUTES = ("KeyValue", _MANY)
_SHAPE: Mapping[str, Mapping[int, tuple[str, int]]] = {
    "Element": {5: ("Nested", _ONE), 6: ("Nested", _ONE)},
    "Array": {1: ("Element", _MANY)},
    "Value": {5: ("Array", _ONE), 6: ("Nested", _ONE)},
    "KeyValue": {2: ("Value", _ONE)},
    "Resource": {1: _ATTRIBUTES},
    "Scope": {3: _ATTRIBUTES},
    "Event": {3: _ATTRIBUTES},
    "Link": {4: _ATTRIBUTES},
    "Span": {9: _ATTRIBUTES, 11: ("Event", _MANY), 13: ("Link", _MANY)},
    "ScopeSpans": {1: ("Scope", _ONE), 2: ("Span", _MANY)},
    "ResourceSpans": {1: ("Resource", _ONE), 2: ("ScopeSpans", _MANY)},
    "traces": {1: ("ResourceSpans", _MANY)},
    "LogRecord": {5: ("Value", _ONE), 6: _ATTRIBUTES},
    "ScopeLogs": {1: ("Scope", _ONE), 2: ("LogRecord", _MANY)},
    "ResourceLogs": {1: ("Resource", _ONE), 2: ("ScopeLogs", _MANY)},
    "logs": {1: ("ResourceLogs", _MANY)},
    "NumberPoint": {7: _ATTRIBUTES},
    "NumberPoints": {1: ("NumberPoint", _MANY)},
    "HistogramPoint": {9: _ATTRIBUTES},
    "HistogramPoints": {1: ("HistogramPoint", _MANY)},
    "ExponentialPoint": {1: _ATTRIBUTES},
    "ExponentialPoints": {1: ("ExponentialPoint", _MANY)},
    "SummaryPoint": {7: _ATTRIBUTES},
    "SummaryPoints": {1: ("SummaryPoint", _MANY)},
    "Metric": {
        5: ("NumberPoints", _ONE),
        7: ("NumberPoints", _ONE),
        9: ("HistogramPoints", _ONE),
        10: ("ExponentialPoints", _ONE),
        11: ("SummaryPoints", _ONE),
    },
    "ScopeMetrics": {1: ("Scope", _ONE), 2: ("Metric", _MANY)},
    "ResourceMetrics": {1: ("Resource", _ONE), 2: ("ScopeMetrics", _MANY)},
    "metrics": {1: ("ResourceMetrics", _MANY)},
}


def _classes() -> Mapping[str, "type[Message]"]:
    file = descriptor_pb2.FileDescriptorProto(name="sightline/probe.proto", package="sightline.probe", syntax="proto2")
    nested = file.message_type.add(name="Nested")
    nested.field.add(
        name="never",
        number=536870911,
        label=descriptor_pb2.FieldDescriptorProto.LABEL_REQUIRED,
        type=descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    )
    for name, fields in _SHAPE.items():
        message = file.message_type.add(name=name)
        for number, (type_name, label) in fields.items():
            message.field.add(
                name=f"f{number}",
                number=number,
                label=label,
                type=descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE,
                type_name=f".sightline.probe.{type_name}",
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        signal: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"sightline.probe.{signal}"))
        for signal in ("traces", "logs", "metrics")
    }


_CLASSES = _classes()


def has_nested_values(signal: str, body: bytes) -> bool:
    """Whether a well-formed request of `signal` (traces, logs or metrics) holds a map or an array inside an array."""
    probe = _CLASSES[signal]()
    probe.ParseFromString(body)
    return not probe.IsInitialized()
