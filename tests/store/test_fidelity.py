"""Every attribute survives the way through the engine, whatever it is."""

import math
import time
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.otlp import any_value, attributes, new_id, span, traces
from tests.running import Server, eventually

ATTRIBUTES: dict[str, object] = {
    "text": "plain",
    "empty": "",
    "unicode": "naïve ☃ 🙂 \u202eRTL",
    "nul": "a\0b",
    "markup": "<script>alert(1)</script>",
    "quote": 'it\'s "quoted" \\ back',
    "int_max": 2**63 - 1,
    "int_min": -(2**63),
    "zero": 0,
    "float": 0.1,
    "whole_float": 1.0,
    "true": True,
    "false": False,
    "null": None,
    "strings": ["a", "", "ü"],
    "mixed": ["a", 1, 2.5, True, None],
    "no_items": [],
    "nested_list": [[1, 2], ["x"]],
    "map": {"a": {"b": [1, {"c": None}]}, "big": 2**62},
    "empty_map": {},
    "bytes": b"\x00\xff",
    "a": "beside a.b",
    "a.b": "beside a",
    "": "an empty key",
    "long": "x" * 5000,
}
EXPECTED = ATTRIBUTES | {"bytes": {"$bytes": "AP8="}}


def read(server: Server, project: str, trace: bytes) -> dict[str, Any]:
    def ask() -> httpx.Response:
        return httpx.get(f"{server.url}/api/v1/traces/{trace.hex()}", params={"project": project}, timeout=60)

    spans = eventually(ask, lambda r: r.status_code == 200).json()["spans"]
    assert len(spans) == 1
    one: dict[str, Any] = spans[0]
    return one


def test_attributes_of_span_resource_event_and_link_survive(server: Server, project: str) -> None:
    one = span("all", said=ATTRIBUTES)
    one.events.add(name="event", time_unix_nano=one.start_time_unix_nano + 7, attributes=attributes(ATTRIBUTES))
    one.links.append(Span.Link(trace_id=b"\1" * 16, span_id=b"\2" * 8, attributes=attributes({"why": "because"})))
    server.send("traces", traces([one], resource=ATTRIBUTES | {"sightline.project": project}).SerializeToString())
    found = read(server, project, one.trace_id)
    assert found["attributes"] == EXPECTED
    resource = found["resource"]
    assert isinstance(resource, dict)
    assert {key: resource[key] for key in EXPECTED} == EXPECTED
    (event,) = found["events"]
    assert event["attributes"] == EXPECTED
    assert int(event["time_ns"]) == one.start_time_unix_nano + 7
    (link,) = found["links"]
    assert (link["trace_id"], link["span_id"]) == ("01" * 16, "02" * 8)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_cannot_say_survive_as_text(server: Server, project: str, value: float) -> None:
    one = span("odd", said={"x": value, "list": [value]})
    server.send("traces", traces([one]).SerializeToString(), headers={"x-sightline-project": f"{project}"})
    said = read(server, project, one.trace_id)["attributes"]
    assert isinstance(said, dict)
    assert {str(said["x"]).lower().replace("infinity", "inf"), str(said["list"][0])} == {str(value)}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(0, 0, id="unset"),
        pytest.param(1, 2, id="1970"),
        pytest.param(2**64 - 2, 2**64 - 1, id="year_2554"),
        pytest.param(2**63, 2**63 + 10, id="beyond_signed"),
        pytest.param(1_790_000_000_000_000_000, 1_700_000_000_000_000_000, id="ends_before_it_starts"),
    ],
)
def test_a_wild_clock_is_kept_as_sent_flagged_and_harms_nobody(server: Server, project: str, start: int, end: int) -> None:
    wild = span("wild", start_time_unix_nano=start, end_time_unix_nano=end)
    good = span("good")
    before = time.time_ns()
    server.send("traces", traces([wild, good]).SerializeToString(), headers={"x-sightline-project": project})
    found = read(server, project, wild.trace_id)
    assert found["start_sent_ns"] == str(start)
    if found["start_flagged"]:
        assert before - 60 * 10**9 < int(str(found["start_ns"])) < time.time_ns() + 10**9
    else:
        assert int(str(found["start_ns"])) == start
    assert found["duration_ns"] == (end - start if 0 < start <= end else None)
    assert read(server, project, good.trace_id)["name"] == "good"


def test_days_of_a_whole_year_in_one_request_are_stored(server: Server, project: str) -> None:
    now = time.time_ns()
    spans = [span(f"day {day}", start_ns=now - day * 86_400 * 10**9) for day in range(365)]
    server.send("traces", traces(spans).SerializeToString(), headers={"x-sightline-project": project})
    eventually(lambda: server.count(project=project), lambda n: n == 365)


def test_a_payload_of_ten_megabytes_is_stored_and_read_back(server: Server, project: str) -> None:
    text = "0123456789abcdef" * 655_360
    one = span("large", said={"input.value": text})
    assert server.send("traces", traces([one]).SerializeToString(), headers={"x-sightline-project": project}).status_code == 200
    said = read(server, project, one.trace_id)["attributes"]
    assert isinstance(said, dict)
    assert said["input.value"] == text


def test_hostile_keys_and_names_stay_text(server: Server, project: str) -> None:
    said: dict[str, object] = {"'); DROP TABLE spans; --": "x", "{p0:String}": "y", "%s": 1, "a'] OR 1=1": True}
    one = span("'; DROP TABLE spans; --", said=said)
    server.send("traces", traces([one]).SerializeToString(), headers={"x-sightline-project": project})
    found = read(server, project, one.trace_id)
    assert (found["name"], found["attributes"]) == ("'; DROP TABLE spans; --", said)


@pytest.mark.parametrize("log_first", [True, False])
def test_a_log_event_joins_its_span_whichever_comes_first(server: Server, project: str, log_first: bool) -> None:
    one = span("chat m", said={"gen_ai.operation.name": "chat"})
    logs = ExportLogsServiceRequest()
    record = (
        logs.resource_logs.add()
        .scope_logs.add()
        .log_records.add(
            trace_id=one.trace_id,
            span_id=one.span_id,
            time_unix_nano=time.time_ns(),
            event_name="gen_ai.client.inference.operation.details",
            body=any_value({"nested": [1, {"a": None}]}),
        )
    )
    asked = [{"role": "user", "parts": [{"type": "text", "content": "How long do refunds take?"}]}]
    record.attributes.extend(attributes({"gen_ai.input.messages": asked}))
    sends = [("logs", logs.SerializeToString()), ("traces", traces([one]).SerializeToString())]
    for signal, body in sends if log_first else sends[::-1]:
        assert server.send(signal, body, headers={"x-sightline-project": project}).status_code == 200
        eventually(lambda signal=signal: _stored(server, project, signal), lambda n: n == 1)  # type: ignore[misc]
    found = eventually(lambda: read(server, project, one.trace_id), lambda s: bool(s["events"]))
    (event,) = found["events"]
    assert (event["source"], event["body"]) == ("log", {"nested": [1, {"a": None}]})
    content = found["content"]
    assert isinstance(content, dict)
    assert content["input_messages"][0]["parts"][0]["text"] == "How long do refunds take?"


def test_metrics_are_kept_and_accounted_for(server: Server, project: str) -> None:
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add().scope_metrics.add().metrics
    histogram = metrics.add(name="gen_ai.client.token.usage", unit="{token}").histogram
    histogram.data_points.add(count=3, sum=30, bucket_counts=[1, 2], explicit_bounds=[10], time_unix_nano=time.time_ns())
    metrics.add(name="g").gauge.data_points.add(as_int=5)
    metrics.add(name="s").sum.data_points.add(as_double=0.5)
    metrics.add(name="e").exponential_histogram.data_points.add(count=1, scale=2)
    metrics.add(name="q").summary.data_points.add(count=1)
    assert server.send("metrics", request.SerializeToString(), headers={"x-sightline-project": project}).status_code == 200
    assert eventually(lambda: _stored(server, project, "metrics"), lambda n: n == 5) == 5


def _stored(server: Server, project: str, signal: str) -> int:
    rows = server.get("/api/v1/ledger", project=project)["rows"]
    return sum(row["stored"] for row in rows if row["signal"] == signal)


def test_ids_are_new(server: Server) -> None:
    assert len({new_id(16) for _ in range(1000)}) == 1000
