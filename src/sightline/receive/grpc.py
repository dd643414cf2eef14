"""The gRPC door: the same receiver, the same limits, gRPC's words."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

from sightline.receive.http import key_id, response
from sightline.receive.outcome import SIGNALS, Accepted, Malformed, Signal, TooLarge, Unavailable
from sightline.receive.receiver import Receiver

_SERVICES: dict[Signal, str] = {"traces": "trace.v1.TraceService", "logs": "logs.v1.LogsService", "metrics": "metrics.v1.MetricsService"}
_DRAIN_S = 5.0


@asynccontextmanager
async def serving_grpc(receiver: Receiver, host: str, port: int) -> AsyncIterator[int]:
    """OTLP/gRPC on `host`; yields the port (a free one for 0). Raises OSError where it can't listen."""
    server = grpc.aio.server(
        options=(
            ("grpc.max_receive_message_length", receiver.max_body_bytes),
            ("grpc.so_reuseport", 0),
        )
    )
    for signal in SIGNALS:
        handler = grpc.unary_unary_rpc_method_handler(_export(receiver, signal))  # bytes in, bytes out
        name = f"opentelemetry.proto.collector.{_SERVICES[signal]}"
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, {"Export": handler}),))
    try:
        bound = server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    except RuntimeError as error:
        raise OSError(f"can't listen on {host}:{port} for gRPC") from error
    await server.start()
    try:
        yield bound
    finally:
        await server.stop(_DRAIN_S)


def _export(receiver: Receiver, signal: Signal) -> Callable[[bytes, Any], Awaitable[bytes]]:
    async def export(body: bytes, context: Any) -> bytes:
        metadata = {name: value for name, value in context.invocation_metadata() or () if isinstance(value, str)}
        outcome = await receiver.receive(
            signal, body, json=False, project=metadata.get("x-sightline-project"), key=key_id(metadata.get("authorization", ""))
        )
        match outcome:
            case Accepted():
                return bytes(response(signal, outcome).SerializeToString())
            case Malformed(reason):
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, reason)
            case TooLarge(limit):
                await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, f"The message is over {limit} bytes: send smaller batches.")
            case Unavailable(reason, retry_after_s):
                # RetryInfo is what tells an OTLP client that RESOURCE_EXHAUSTED or UNAVAILABLE may be tried again, and when
                context.set_trailing_metadata((("grpc-status-details-bin", _retry_details(reason, retry_after_s)),))
                await context.abort(grpc.StatusCode.UNAVAILABLE, reason)
        raise AssertionError("abort raises")

    return export


def _retry_details(reason: str, retry_after_s: int) -> bytes:
    retry = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=retry_after_s))
    packed = any_pb2.Any()
    packed.Pack(retry)
    return bytes(status_pb2.Status(code=code_pb2.UNAVAILABLE, message=reason, details=[packed]).SerializeToString())
