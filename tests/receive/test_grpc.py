"""OTLP over gRPC: HTTP's limits, gRPC's words, real OpenTelemetry clients."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from tests.otlp import span, traces
from tests.running import Server, eventually, running


def export(server: Server, request: ExportTraceServiceRequest, project: str, **more: object) -> ExportTraceServiceResponse:
    with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}", options=[("grpc.max_send_message_length", -1)]) as channel:
        stub: Any = TraceServiceStub(channel)  # type: ignore[no-untyped-call]
        answer: ExportTraceServiceResponse = stub.Export(request, metadata=[("x-sightline-project", project)], **more)
        return answer


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_spans_are_stored(server: Server, project: str, compression: grpc.Compression) -> None:
    assert export(server, traces([span(), span()]), project, compression=compression) == ExportTraceServiceResponse()
    eventually(lambda: server.count(project=project), lambda n: n == 2)


def test_bad_ids_are_a_partial_success(server: Server, project: str) -> None:
    answer = export(server, traces([span(), span(trace_id=bytes(16))]), project)
    assert (answer.partial_success.rejected_spans, answer.partial_success.error_message) == (1, "1 × trace_id must not be all zeros")


def test_a_malformed_message_is_an_invalid_argument(server: Server) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel:
        call = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        with pytest.raises(grpc.RpcError) as refused:
            call(b"\xff\xff\xff")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_an_opentelemetry_exporter_needs_no_more_than_the_address(server: Server, project: str) -> None:
    provider = TracerProvider(resource=Resource.create({"sightline.project": project}))
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"127.0.0.1:{server.grpc_port}", insecure=True)))
    with provider.get_tracer("test").start_as_current_span("outer"):
        pass
    provider.shutdown()
    eventually(lambda: server.query("count", project=project, group_by=["name"]), lambda rows: rows == [{"name": "outer", "count": 1}])


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("narrow") / "data", max_body_bytes=10_000) as started:
        yield started


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_the_limit_is_that_of_http_also_for_what_was_compressed(narrow: Server, compression: grpc.Compression) -> None:
    export(narrow, traces([span(said={"pad": "x" * 5000})]), "p", compression=compression)
    with pytest.raises(grpc.RpcError) as refused:
        export(narrow, traces([span(said={"pad": "x" * 20_000})]), "p", compression=compression)
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
