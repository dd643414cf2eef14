"""OTLP/JSON, read into the same bytes as protobuf: ids are hex, enums names or numbers, 64-bit integers text or numbers."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from sightline.receive.check import REQUESTS, MalformedError
from sightline.receive.outcome import Signal

# where ids stand: path of repeated fields → names of the ids there
_ID_PLACES: Mapping[Signal, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "traces": (
        (("resourceSpans", "scopeSpans", "spans"), ("traceId", "spanId", "parentSpanId")),
        (("resourceSpans", "scopeSpans", "spans", "links"), ("traceId", "spanId")),
    ),
    "logs": ((("resourceLogs", "scopeLogs", "logRecords"), ("traceId", "spanId")),),
    "metrics": tuple(
        (("resourceMetrics", "scopeMetrics", "metrics", kind, "dataPoints", "exemplars"), ("traceId", "spanId"))
        for kind in ("gauge", "sum", "histogram", "exponentialHistogram")
    ),
}
_MOST_NESTING = 100


def to_protobuf(signal: Signal, body: bytes) -> bytes:
    """The request in protobuf encoding. Raises MalformedError saying what is wrong where."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"The body is not valid JSON: {error}") from error
    if not isinstance(said, dict):
        raise MalformedError("The body must be a JSON object.")
    for path, names in _ID_PLACES[signal]:
        for holder in _at(said, path):
            _hex_ids(holder, names)
    try:
        request: Message = json_format.ParseDict(said, REQUESTS[signal](), ignore_unknown_fields=True, max_recursion_depth=_MOST_NESTING)
    except (json_format.ParseError, RecursionError, TypeError, ValueError, AttributeError) as error:
        raise MalformedError(f"The body is not a valid {REQUESTS[signal].__name__}: {error}") from error
    return request.SerializeToString()


def to_json(message: Message) -> bytes:
    """A response as OTLP/JSON."""
    return json.dumps(json_format.MessageToDict(message), ensure_ascii=False).encode()


def _at(holder: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if not isinstance(holder, dict):
        return
    if not path:
        yield holder
        return
    for name in dict.fromkeys((path[0], _snake(path[0]))):
        inner = holder.get(name)
        for item in inner if isinstance(inner, list) else (inner,):
            yield from _at(item, path[1:])


def _hex_ids(holder: dict[str, Any], names: tuple[str, ...]) -> None:
    for camel in names:
        for name in (camel, _snake(camel)):
            if isinstance(said := holder.get(name), str):
                try:
                    holder[name] = base64.b64encode(bytes.fromhex(said)).decode()
                except (ValueError, binascii.Error) as error:
                    raise MalformedError(f"{name} must be hex digits, not {said[:64]!r}.") from error


def _snake(camel: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in camel)
