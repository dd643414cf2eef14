"""An envelope: a request's own bytes with what the door knows of it appended as further protobuf fields.

Envelopes are written as length-prefixed fields of a batch message (1 traces, 2 logs, 3 metrics), so that any number of them,
concatenated, is one valid batch that the engine reads without a copy. `store/telemetry/otlp.proto` has the other side.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sightline.receive.check import varint
from sightline.receive.outcome import SIGNALS, Signal

_PROJECT, _RECEIVED, _DIGEST, _KEY, _ITEMS, _REFUSED, _DUPLICATE, _BODY_DIGEST, _BODY_BYTES = range(1001, 1010)
_LEN, _FIXED64, _FIXED32, _VARINT = 2, 1, 5, 0
DIGEST_BYTES = 16


def digest(body: bytes) -> bytes:
    """16 bytes that name a body."""
    return hashlib.sha256(body).digest()[:DIGEST_BYTES]


def digest_in(context: Sequence[str], body_digest: bytes) -> bytes:
    """16 bytes that name a body, known by its digest, as sent in a context (signal, project, key)."""
    return digest("\0".join(context).encode() + body_digest)


EMPTY_DIGEST = digest(b"")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One request on its way to the store.

    `received_ns` is unique in a data directory: it names the request. `digest` names what was sent, to know it again;
    `body_digest` is that of `body`, to know it whole (16 bytes each). `items` are the spans, log records or points in `body`;
    `refused` and `duplicate` count those that are not.
    """

    signal: Signal
    project: str
    key: str
    received_ns: int
    digest: bytes
    body: bytes = b""
    body_digest: bytes = EMPTY_DIGEST
    items: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    duplicate: int = 0

    def encode(self) -> bytes:
        """The record as it stands in a segment."""
        project, key = self.project.encode(), self.key.encode()
        parts = [
            self.body,
            _tag(_PROJECT, _LEN) + varint(len(project)) + project,
            _tag(_RECEIVED, _FIXED64) + self.received_ns.to_bytes(8, "little"),
            _tag(_DIGEST, _LEN) + varint(len(self.digest)) + self.digest,
            _tag(_BODY_DIGEST, _LEN) + varint(len(self.body_digest)) + self.body_digest,
        ]
        if key:
            parts.append(_tag(_KEY, _LEN) + varint(len(key)) + key)
        if self.items:
            parts.append(_tag(_ITEMS, _VARINT) + varint(self.items))
        parts.extend(_refusal(reason, count) for reason, count in self.refused.items())
        if self.duplicate:
            parts.append(_tag(_DUPLICATE, _VARINT) + varint(self.duplicate))
        # last, and of fixed size: so the envelope's own fields are found without reading the body, which may hold anything
        parts.append(_TRAILER + len(self.body).to_bytes(4, "little"))
        return frame(self.signal, b"".join(parts))


def _tag(number: int, wire: int) -> bytes:
    return varint(number << 3 | wire)


_TRAILER = _tag(_BODY_BYTES, _FIXED32)
_TRAILER_BYTES = len(_TRAILER) + 4


def _refusal(reason: str, count: int) -> bytes:
    text = reason.encode()
    inner = _tag(1, _LEN) + varint(len(text)) + text + _tag(2, _VARINT) + varint(count)
    return _tag(_REFUSED, _LEN) + varint(len(inner)) + inner


def frame(signal: Signal, payload: bytes) -> bytes:
    """`payload` as one record of `signal`."""
    return _tag(SIGNALS.index(signal) + 1, _LEN) + varint(len(payload)) + payload


def refused_whole(payload: bytes, *, reason: str, items: int) -> bytes:
    """`payload`, rewritten so that the ledger counts its items as rejected: of a field that stands twice, the last one holds."""
    return payload + _tag(_ITEMS, _VARINT) + varint(0) + _refusal(reason, items)


@dataclass(frozen=True, slots=True)
class Record:
    """An envelope as found in a segment: `payload` lies at [start, end) there; the other fields are read from its tail."""

    signal: Signal
    start: int
    end: int
    received_ns: int
    digest: bytes
    items: int


def records(segment: bytes, *, verify: bool = False) -> Iterator[Record]:
    """The whole records of a segment, in order; stops before a torn one, so `end` of the last is where the good part ends.

    `verify` also compares each body with its digest: after a crash a record can have its length and not its content.
    """
    position, size = 0, len(segment)
    while position < size:
        tag = segment[position]
        if tag & 7 != _LEN or not 1 <= tag >> 3 <= len(SIGNALS):
            return
        length, start = _read_varint(segment, position + 1)
        if length is None or start + length > size:
            return
        tail = _tail(segment, start, start + length)
        if tail is None or (verify and digest(segment[start : tail.body_end]) != tail.body_digest):
            return
        yield Record(SIGNALS[(tag >> 3) - 1], start, start + length, tail.received_ns, tail.digest, tail.items)
        position = start + length


@dataclass(slots=True)
class _Tail:
    body_end: int
    received_ns: int = 0
    digest: bytes = b""
    body_digest: bytes = b""
    items: int = 0


def _read_varint(data: bytes, position: int) -> tuple[int | None, int]:
    value = shift = 0
    while position < len(data) and shift < 64:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
    return None, position


def _tail(data: bytes, start: int, end: int) -> _Tail | None:
    """What the envelope at [start, end) says of itself; None when it is not a well-formed one."""
    trailer = end - _TRAILER_BYTES
    if trailer < start or data[trailer : trailer + len(_TRAILER)] != _TRAILER:
        return None
    position = start + int.from_bytes(data[end - 4 : end], "little")
    if position > trailer:
        return None
    tail = _Tail(body_end=position)
    while position < trailer:
        tag, position = _read_varint(data, position)
        if tag is None:
            return None
        number, wire = tag >> 3, tag & 7
        value, position = _READERS[wire](data, position) if wire in _READERS else (None, end)
        if value is None or position > trailer:
            return None
        if number == _RECEIVED and isinstance(value, int):
            tail.received_ns = value
        elif number == _DIGEST and isinstance(value, bytes):
            tail.digest = value
        elif number == _BODY_DIGEST and isinstance(value, bytes):
            tail.body_digest = value
        elif number == _ITEMS and isinstance(value, int):
            tail.items = value
    return tail if tail.received_ns and len(tail.digest) == DIGEST_BYTES else None


def _read_bytes(data: bytes, position: int) -> tuple[bytes | None, int]:
    length, position = _read_varint(data, position)
    return (None, position) if length is None else (data[position : position + length], position + length)


def _read_fixed64(data: bytes, position: int) -> tuple[int, int]:
    return int.from_bytes(data[position : position + 8], "little"), position + 8


_READERS: Mapping[int, Callable[[bytes, int], tuple[bytes | int | None, int]]] = {
    _VARINT: _read_varint,
    _FIXED64: _read_fixed64,
    _LEN: _read_bytes,
}
