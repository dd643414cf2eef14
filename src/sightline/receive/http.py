"""The HTTP door: an ASGI application that knows OTLP/HTTP's framing and answers, and nothing else."""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from google.protobuf.message import Message
from google.rpc import code_pb2, status_pb2
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from sightline.receive.compression import BodyTooLargeError, CompressionError, decompress
from sightline.receive.otlp_json import to_json
from sightline.receive.outcome import SIGNALS, Accepted, Malformed, Outcome, Signal, TooLarge, Unavailable
from sightline.receive.receiver import Receiver

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATHS: Mapping[str, Signal] = {f"{base}/v1/{signal}": signal for base in ("", "/api/public/otel") for signal in SIGNALS}
"""Ours, and Langfuse's: its users switch by changing a URL."""

_PROTOBUF, _JSON = "application/x-protobuf", "application/json"
_RESPONSES: Mapping[Signal, tuple[type[Message], str]] = {
    "traces": (ExportTraceServiceResponse, "rejected_spans"),
    "logs": (ExportLogsServiceResponse, "rejected_log_records"),
    "metrics": (ExportMetricsServiceResponse, "rejected_data_points"),
}


class _BodyGoneError(Exception):
    """The client hung up in the middle of its body."""


class OtlpHttp:
    """ASGI application for the paths in PATHS."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request as the OTLP specification says, in the request's own encoding."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        content_type = headers.get("content-type", "").split(";")[0].strip().lower()
        json = content_type == _JSON
        signal = PATHS[scope["path"].rstrip("/")]
        if scope["method"] != "POST":
            await _answer(send, 405, _status(code_pb2.UNIMPLEMENTED, "Send OTLP with POST."), json=True, extra=((b"allow", b"POST"),))
            return
        if content_type not in {_PROTOBUF, _JSON, "application/protobuf"}:
            await _answer(send, 415, _status(code_pb2.INVALID_ARGUMENT, f"Content-Type must be {_PROTOBUF} or {_JSON}."), json=True)
            return
        receiver, key = self._receiver, key_id(headers.get("authorization", ""))
        project = headers.get("x-sightline-project")
        limit = receiver.max_body_bytes
        try:
            body = decompress(await _read(receive, headers, limit), headers.get("content-encoding", ""), limit_bytes=limit)
        except _BodyGoneError:
            return
        except BodyTooLargeError:
            outcome: Outcome = receiver.too_large(signal, project=project, key=key)
        except CompressionError as error:
            outcome = Malformed(str(error))
        else:
            outcome = await receiver.receive(signal, body, json=json, project=project, key=key)
        await _say(send, signal, outcome, json=json)


async def _read(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """The body as sent. What is over the limit before decompression is over it after; the rest of such a body is not kept."""
    declared = headers.get("content-length", "")
    too_large = declared.isdigit() and int(declared) > limit
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _BodyGoneError
        part = message.get("body", b"")
        size += len(part)
        too_large = too_large or size > limit
        if too_large:
            raise BodyTooLargeError
        parts.append(part)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _say(send: Send, signal: Signal, outcome: Outcome, *, json: bool) -> None:
    match outcome:
        case Accepted():
            await _answer(send, 200, response(signal, outcome), json=json)
        case Malformed(reason):
            await _answer(send, 400, _status(code_pb2.INVALID_ARGUMENT, reason), json=json)
        case TooLarge(limit):
            await _answer(
                send,
                413,
                _status(code_pb2.INVALID_ARGUMENT, f"The body is over {limit} bytes, decompressed: send smaller batches."),
                json=json,
            )
        case Unavailable(reason, retry_after_s, busy):
            code = code_pb2.RESOURCE_EXHAUSTED if busy else code_pb2.UNAVAILABLE
            retry = ((b"retry-after", str(retry_after_s).encode()),)
            await _answer(send, 429 if busy else 503, _status(code, reason), json=json, extra=retry)


def response(signal: Signal, accepted: Accepted) -> Message:
    """OTLP's answer to an accepted request: empty, or with `partial_success` where items were refused."""
    kind, count_field = _RESPONSES[signal]
    message: Any = kind()
    if accepted.refused:
        setattr(message.partial_success, count_field, sum(accepted.refused.values()))
        message.partial_success.error_message = "; ".join(f"{count} × {reason}" for reason, count in accepted.refused.items())
    return message  # type: ignore[no-any-return]


def key_id(authorization: str) -> str:
    """What an Authorization header's key is called in the ledger: never the secret itself. '' without one.

    Langfuse's Basic credentials are named by their public half, other keys by a digest.
    """
    scheme, _, said = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            public = base64.b64decode(said, validate=True).decode().partition(":")[0]
        except ValueError:  # not base64, or not text
            public = ""
        if public and public.isprintable():
            return public[:64]
    return hashlib.sha256(said.strip().encode()).hexdigest()[:12] if said.strip() else ""


def _status(code: int, message: str) -> status_pb2.Status:
    return status_pb2.Status(code=code, message=message)


async def _answer(send: Send, status: int, message: Message, *, json: bool, extra: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    body = to_json(message) if json else message.SerializeToString()
    headers = [
        (b"content-type", (_JSON if json else _PROTOBUF).encode()),
        (b"content-length", str(len(body)).encode()),
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
