"""OTLP over HTTP, judged by the OTLP specification, against a running server."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import zstandard
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tests.otlp import span, traces
from tests.running import Server, eventually, running

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "identity": bytes,
}


def test_full_success_is_an_empty_response_in_the_requests_encoding(server: Server, project: str) -> None:
    answer = server.send("traces", traces([span()]).SerializeToString(), headers={"x-sightline-project": project})
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "application/x-protobuf", b"")
    answer = server.send("traces", b'{"resourceSpans":[]}', headers={"content-type": "application/json", "x-sightline-project": project})
    assert (answer.status_code, answer.headers["content-type"], answer.json()) == (200, "application/json", {})


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_compressed_bodies_are_read(server: Server, project: str, encoding: str) -> None:
    body = ENCODINGS[encoding](traces([span("one"), span("two")]).SerializeToString())
    answer = server.send("traces", body, headers={"content-encoding": encoding, "x-sightline-project": project})
    assert answer.status_code == 200
    eventually(lambda: server.count(project=project), lambda n: n == 2)


def test_spans_with_bad_ids_are_refused_and_their_neighbours_kept(server: Server, project: str) -> None:
    bad = [span(trace_id=b"\1" * 15), span(span_id=b"\1" * 9), span(trace_id=bytes(16)), span(span_id=bytes(8))]
    answer = server.send("traces", traces([span("good"), *bad]).SerializeToString(), headers={"x-sightline-project": project})
    said = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, said.rejected_spans) == (200, 4)
    for fault in (
        "trace_id must be 16 bytes",
        "span_id must be 8 bytes",
        "trace_id must not be all zeros",
        "span_id must not be all zeros",
    ):
        assert f"1 × {fault}" in said.error_message
    eventually(lambda: server.query("count", project=project, group_by=["name"]), lambda rows: rows == [{"name": "good", "count": 1}])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("application/x-protobuf", b"\xff\xff\xff", id="protobuf"),
        pytest.param("application/x-protobuf", traces([span("x" * 50)]).SerializeToString()[:-20], id="protobuf_cut_off"),
        pytest.param("application/json", b'{"resourceSpans": [', id="json"),
        pytest.param("application/json", b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}', id="json_id_not_hex"),
        pytest.param("application/json", b'{"resourceSpans": 3}', id="json_wrong_type"),
        pytest.param("application/json", b"[" * 100_000, id="json_deep"),
    ],
)
def test_a_malformed_body_gets_400_and_a_status_in_its_encoding(server: Server, content_type: str, body: bytes) -> None:
    answer = server.send("traces", body, headers={"content-type": content_type})
    assert (answer.status_code, answer.headers["content-type"]) == (400, content_type)
    message = json.loads(answer.content)["message"] if "json" in content_type else Status.FromString(answer.content).message
    assert len(message) > 20


def test_json_is_read_with_hex_ids_enum_names_and_64_bit_integers_either_way(server: Server, project: str) -> None:
    body = {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "js"}}]},
                "scopeSpans": [
                    {
                        "spans": [
                            {
                                "traceId": "5b8efff798038103d269b633813fc60c",
                                "spanId": "eee19b7ec3c1b174",
                                "name": "named",
                                "kind": "SPAN_KIND_CLIENT",
                                "startTimeUnixNano": "1790000000000000000",
                                "endTimeUnixNano": 1790000000250000000,
                                "attributes": [
                                    {"key": "as_text", "value": {"intValue": "9223372036854775807"}},
                                    {"key": "as_number", "value": {"intValue": -5}},
                                ],
                                "status": {"code": "STATUS_CODE_ERROR"},
                                "unknownField": True,
                            }
                        ]
                    }
                ],
            }
        ]
    }
    headers = {"content-type": "application/json", "x-sightline-project": project}
    assert server.send("traces", json.dumps(body).encode(), headers=headers).status_code == 200
    path = "/api/v1/traces/5b8efff798038103d269b633813fc60c"
    found = eventually(lambda: httpx.get(server.url + path, params={"project": project}), lambda r: r.status_code == 200).json()
    (one,) = found["spans"]
    assert (one["span_id"], one["name"], one["status"], one["duration_ns"]) == ("eee19b7ec3c1b174", "named", "error", 250_000_000)
    assert one["attributes"] == {"as_text": 2**63 - 1, "as_number": -5}


def test_langfuses_path_takes_the_same(server: Server, project: str) -> None:
    headers = {"x-sightline-project": project, "authorization": "Basic cGstbGYtMTIzOnNrLWxmLXNlY3JldA=="}  # pk-lf-123:sk-lf-secret
    assert (
        server.send("traces", traces([span()]).SerializeToString(), path="/api/public/otel/v1/traces", headers=headers).status_code == 200
    )
    rows = eventually(lambda: server.get("/api/v1/ledger", project=project)["rows"], lambda rows: len(rows) == 1)
    assert (rows[0]["key"], rows[0]["stored"]) == ("pk-lf-123", 1)


@pytest.mark.parametrize(
    ("resource", "header", "expected"),
    [
        pytest.param({"sightline.project": "a"}, "b", "b", id="header_first"),
        pytest.param({"sightline.project": "a", "openinference.project.name": "c"}, None, "a", id="own_attribute"),
        pytest.param({"openinference.project.name": "c"}, None, "c", id="openinference"),
        pytest.param({}, None, "default", id="default"),
    ],
)
def test_the_project_is_the_headers_else_the_resources(
    server: Server, resource: dict[str, object], header: str | None, expected: str
) -> None:
    before = server.count(project=expected)
    headers = {} if header is None else {"x-sightline-project": header}
    server.send("traces", traces([span()], resource={"service.name": "p", **resource}).SerializeToString(), headers=headers)
    eventually(lambda: server.count(project=expected), lambda n: n == before + 1)


def test_one_request_may_name_several_projects(server: Server, project: str) -> None:
    body = traces([span()], resource={"sightline.project": f"{project}-a"})
    body.MergeFrom(traces([span(), span()], resource={"sightline.project": f"{project}-b"}))
    assert server.send("traces", body.SerializeToString()).status_code == 200
    eventually(lambda: (server.count(project=f"{project}-a"), server.count(project=f"{project}-b")), lambda n: n == (1, 2))


def test_a_projects_name_must_be_printable(server: Server) -> None:
    answer = server.send("traces", traces([span()], resource={"sightline.project": "a\nb"}).SerializeToString())
    assert (answer.status_code, "printable" in Status.FromString(answer.content).message) == (400, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"content-type": "text/plain"}, 415), ({"content-encoding": "br"}, 400), ({"content-encoding": "gzip"}, 400)],
)
def test_what_cannot_be_read_is_said(server: Server, headers: dict[str, str], status: int) -> None:
    assert server.send("traces", traces([span()]).SerializeToString(), headers=headers).status_code == status


def test_get_is_not_a_way_to_send(server: Server) -> None:
    answer = httpx.get(server.url + "/v1/traces")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("narrow") / "data", max_body_bytes=10_000) as started:
        yield started


def _of_size(size: int) -> bytes:
    """A valid request of exactly `size` bytes."""
    empty = len(traces([span(said={"pad": "x" * 5000})]).SerializeToString()) - 5000
    body = traces([span(said={"pad": "x" * (size - empty)})]).SerializeToString()
    assert len(body) == size
    return body


@pytest.mark.parametrize(("size", "status"), [(10_000, 200), (10_001, 413)])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_limit_holds_for_the_decompressed_body(narrow: Server, size: int, status: int, encoding: str) -> None:
    answer = narrow.send("traces", ENCODINGS[encoding](_of_size(size)), headers={"content-encoding": encoding})
    assert answer.status_code == status


def test_a_bomb_never_inflates(narrow: Server) -> None:
    before = _peak_kb(narrow)
    bomb = gzip.compress(bytes(1 << 30), 9)
    assert len(bomb) > 10_000  # so that the compressed size alone would do; the nested one below has to be inflated
    assert narrow.send("traces", bomb, headers={"content-encoding": "gzip"}).status_code == 413
    small = zstandard.ZstdCompressor(level=19).compress(bytes(64 << 20))
    assert len(small) < 10_000
    assert narrow.send("traces", small, headers={"content-encoding": "zstd"}).status_code == 413
    assert _peak_kb(narrow) - before < 40_000


def _peak_kb(server: Server) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])
