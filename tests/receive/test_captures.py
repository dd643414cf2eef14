"""Every recorded payload is taken over HTTP and over gRPC, and as many spans are stored as were sent."""

import base64
from json import dumps
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from tests.running import Server, eventually

STUBS: dict[str, tuple[Any, Any]] = {
    "traces": (TraceServiceStub, ExportTraceServiceRequest),
    "logs": (LogsServiceStub, ExportLogsServiceRequest),
}


def bodies(shared: Path) -> list[tuple[str, bytes]]:
    """(signal, protobuf body) of every capture."""
    return [(path.stem.split("-")[1], path.read_bytes()) for path in sorted((shared / "captures").glob("*/*/*.pb"))]


def spans_in(found: list[tuple[str, bytes]]) -> int:
    requests = (ExportTraceServiceRequest.FromString(body) for signal, body in found if signal == "traces")
    return sum(len(scope.spans) for request in requests for resource in request.resource_spans for scope in resource.scope_spans)


@pytest.mark.parametrize("way", ["http", "json", "grpc"])
def test_every_capture_is_stored_whole(server: Server, project: str, shared: Path, way: str) -> None:
    found = bodies(shared)
    assert spans_in(found) >= 80
    with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel:
        for signal, body in found:
            if way == "grpc":
                stub, request = STUBS[signal]
                answer = stub(channel).Export(request.FromString(body), metadata=[("x-sightline-project", project)])
                assert not answer.HasField("partial_success")
            else:
                _post(server, project, signal, body, json=way == "json")
    eventually(lambda: server.count(project=project), lambda n: n == spans_in(found))
    total = server.get("/api/v1/ledger", project=project)["total"]
    assert (total["duplicate"], total["rejected"]) == (0, 0)


def _post(server: Server, project: str, signal: str, body: bytes, *, json: bool) -> None:
    headers = {"x-sightline-project": project}
    if json:
        headers["content-type"] = "application/json"
        said = json_format.MessageToDict(STUBS[signal][1].FromString(body))
        body = dumps(_hex(said)).encode()
    answer = server.send(signal, body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.content in (b"", b"{}")


def _hex(said: Any) -> Any:
    """OTLP/JSON has ids in hex where protobuf's own JSON has base64."""
    if isinstance(said, list):
        return [_hex(item) for item in said]
    if isinstance(said, dict):
        return {
            name: base64.b64decode(value).hex() if name in {"traceId", "spanId", "parentSpanId"} else _hex(value)
            for name, value in said.items()
        }
    return said


@pytest.mark.parametrize(("name", "signal"), [("trace", "traces"), ("logs", "logs"), ("events", "logs"), ("metrics", "metrics")])
def test_the_specifications_examples_are_taken(server: Server, project: str, shared: Path, name: str, signal: str) -> None:
    body = (shared / "data" / "otlp_examples" / f"{name}.json").read_bytes()
    answer = server.send(signal, body, headers={"content-type": "application/json", "x-sightline-project": project})
    assert (answer.status_code, answer.json()) == (200, {})
    eventually(lambda: server.get("/api/v1/ledger", project=project)["total"], lambda total: total["stored"] >= 1)
