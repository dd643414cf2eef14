"""Reliability, markers, objectives and /metrics over a real server: answers fit their models, and numbers lead to their traces."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from sightline.serve import marker_models, reliability_models, slo_models
from sightline.serve.exposition import Family, Sample, exposition, histogram
from tests.otlp import new_id, span, traces
from tests.running import Server, eventually, running

OF_FILE = {"name": "answers come", "good": "status != error", "objective": 0.99, "among": "task = 'support'"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an objective in its configuration, and 30 requests: every fifth fails, every third call is a retry of another."""
    options = {"slos": json.dumps([OF_FILE]), "metrics_series": 3, "settle_quiet_s": 0.3, "settle_every_s": 0.2}
    with running(tmp_path_factory.mktemp("reliability") / "data", **options) as server:
        spans = [one for i in range(30) for one in _request(i)]
        server.send("traces", traces(spans, resource={"service.name": "api", "service.version": "1.0"}).SerializeToString())
        later = span("later", ms=1, said={"sightline.task": "other"})
        server.send("traces", traces([later], resource={"service.name": "api", "service.version": "2.0"}).SerializeToString())
        eventually(lambda: server.count(filter="settled = true"), lambda n: n == len(spans) + 1)
        yield server


def _request(i: int) -> Iterator[Any]:
    trace_id, root_id = new_id(16), new_id(8)
    about = {"sightline.task": "support", "sightline.tenant": f"t{i % 4}"}
    root = span("POST /chat", said=about, trace_id=trace_id, span_id=root_id, ms=50, status={"code": 2 if i % 5 == 0 else 0})
    yield root
    start = root.start_time_unix_nano
    usage = {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.response.time_to_first_chunk": 0.005}
    chat = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": f"m{i % 6}"}
    said = chat | usage | {"gen_ai.response.finish_reasons": ["length" if i % 10 == 0 else "stop"]}
    if i % 3 == 0:
        failed = chat | {"error.type": "openai.RateLimitError"}
        yield span("chat", said=failed, trace_id=trace_id, parent_span_id=root_id, start_ns=start + 1, ms=10, status={"code": 2})
    yield span("chat", said=said, trace_id=trace_id, parent_span_id=root_id, start_ns=start + 20_000_000, ms=20)


ANSWERS: dict[str, type[BaseModel]] = {
    "errors": reliability_models.ErrorsResponse,
    "silent-failures": reliability_models.SilentFailuresResponse,
    "availability": reliability_models.AvailabilityResponse,
    "retries": reliability_models.RetriesResponse,
    "sessions": reliability_models.SessionsResponse,
    "hops": reliability_models.HopsResponse,
    "slos/status": slo_models.SloStatusResponse,
}


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("params", [{}, {"from": "-1h"}, {"project": "nobody"}], ids=["all", "hour", "nothing"])
def test_every_answer_fits_its_model_exactly(told: Server, path: str, params: dict[str, str]) -> None:
    found = told.get(f"/api/v1/reliability/{path}", **params)
    model = ANSWERS[path].model_validate(found)
    assert model.model_dump(mode="json", by_alias=True).keys() == found.keys()
    _same_keys(model.model_dump(mode="json", by_alias=True), found)


def _same_keys(made: Any, found: Any) -> None:
    if isinstance(found, dict):
        assert made.keys() == found.keys()
        for name in found:
            _same_keys(made[name], found[name])
    elif isinstance(found, list):
        for one, other in zip(made, found, strict=True):
            _same_keys(one, other)


def test_numbers_lead_to_their_traces(told: Server) -> None:
    groups = told.get("/api/v1/reliability/errors")["groups"]
    assert {(group["group"][0], group["cases"]) for group in groups} == {("rate_limited", 10), ("other", 4)}, (
        "of six requests that failed, in two a call below failed first"
    )
    for group in groups:
        assert told.count(of="traces", filter=group["filter"]) == group["traces"], group
    kinds = {kind["kind"]: kind for kind in told.get("/api/v1/reliability/silent-failures")["kinds"]}
    assert kinds["cut_off"]["cases"] == 3
    assert told.count(filter=kinds["cut_off"]["filter"]) == 3
    chains = told.get("/api/v1/reliability/retries")["chains"]
    assert [(len(chain["models"]), chain["calls"]) for chain in chains] == [(1, 5), (1, 5)], "the models m0 and m3 were tried again"
    for model in told.get("/api/v1/reliability/availability")["models"]:
        assert told.count(filter=model["filter"]) == model["calls"], model


def test_tables_download(told: Server) -> None:
    for path in ("errors", "silent-failures", "availability", "retries", "hops"):
        response = httpx.get(f"{told.url}/api/v1/reliability/{path}", params={"format": "csv"})
        assert response.status_code == 200, path
        assert len(response.text.strip().split("\r\n")) > 1, path


def test_a_bad_filter_points_at_its_column(told: Server) -> None:
    response = httpx.get(f"{told.url}/api/v1/reliability/errors", params={"filter": "status == =="})
    assert response.status_code == 422
    assert response.json()["column"] == 11


# Markers


def test_markers_are_posted_listed_in_their_window_and_deleted(told: Server) -> None:
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    outage = {
        "project": "marks",
        "kind": "incident",
        "name": "outage",
        "time": at.isoformat(),
        "until": (at + timedelta(hours=2)).isoformat(),
    }
    made = httpx.post(f"{told.url}/api/v1/markers", json=outage)
    assert made.status_code == 201
    marker_models.Marker.model_validate(made.json())
    note = httpx.post(f"{told.url}/api/v1/markers", json={"project": "marks", "name": "now", "service": "it's"}).json()
    assert abs(datetime.fromisoformat(note["time"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert note["filter"] == "service = 'it''s'"

    def listed(from_: datetime, to: datetime) -> list[str]:
        found = told.get("/api/v1/markers", project="marks", to=to.isoformat(), **{"from": from_.isoformat()})
        return [marker["name"] for marker in found["markers"]]

    hour = timedelta(hours=1)
    assert listed(at - hour, at) == [], "it begins with the first moment after the window"
    assert listed(at - hour, at + hour) == ["outage"]
    assert listed(at + hour, at + 3 * hour) == ["outage"], "it reaches into it"
    assert listed(at + 3 * hour, at + 4 * hour) == []
    assert [marker["name"] for marker in told.get("/api/v1/markers", project="marks")["markers"]] == ["outage", "now"]
    assert httpx.delete(f"{told.url}/api/v1/markers/{note['id']}").status_code == 204
    gone = httpx.delete(f"{told.url}/api/v1/markers/{note['id']}")
    assert gone.status_code == 404
    assert "GET /api/v1/markers lists them" in gone.json()["error"]


def test_a_release_is_a_marker(told: Server) -> None:
    (deploy,) = told.get("/api/v1/markers", **{"from": "-1h"})["markers"]
    marker_models.Marker.model_validate(deploy)
    assert (deploy["name"], deploy["previous_release"], deploy["source"], deploy["id"]) == ("api 2.0", "1.0", "release", None)
    assert told.count(filter=deploy["filter"]) == 1


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        pytest.param({"name": ""}, "name", id="no_name"),
        pytest.param({"name": "x", "kind": "party"}, "kind", id="unknown_kind"),
        pytest.param({"name": "x", "time": "2026-11-01T00:00:00"}, "time", id="no_zone"),
        pytest.param(
            {"name": "x", "time": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, "until: It lies before time", id="backwards"
        ),
        pytest.param({"name": "a\0b"}, "name", id="nul"),
    ],
)
def test_a_marker_that_cannot_be_says_why(told: Server, said: dict[str, str], complaint: str) -> None:
    response = httpx.post(f"{told.url}/api/v1/markers", json=said)
    assert response.status_code == 422
    assert complaint in response.json()["error"]


# Objectives


def test_objectives_are_made_changed_measured_and_deleted(told: Server) -> None:
    path = f"{told.url}/api/v1/reliability/slos"
    made = httpx.post(path, json={"name": "fast", "good": "duration_ms < 1000", "objective": 0.5, "among": "task = 'support'"})
    assert made.status_code == 201
    slo = made.json()
    slo_models.Slo.model_validate(slo)
    of_file, kept = told.get("/api/v1/reliability/slos")["slos"]
    assert (of_file["name"], kept) == (OF_FILE["name"], slo)
    assert told.get(f"/api/v1/reliability/slos/{of_file['id']}") == of_file
    changed = httpx.put(f"{path}/{slo['id']}", json=slo | {"objective": 0.9}).json()
    assert (changed["objective"], changed["created"]) == (0.9, slo["created"])
    status = {one["slo"]["name"]: one for one in told.get("/api/v1/reliability/slos/status")["slos"]}
    assert (status["fast"]["good"], status["fast"]["bad"]) == (30, 0)
    # six of thirty failed where one of a hundred may
    assert (status["answers come"]["bad"], status["answers come"]["kept"]) == (6, False)
    assert status["answers come"]["budget"]["left_share"] == pytest.approx(1 - 6 / 0.3)
    assert told.count(of="traces", filter=status["answers come"]["filter_bad"]) == 6
    assert httpx.delete(f"{path}/{slo['id']}").status_code == 204
    assert httpx.delete(f"{path}/{slo['id']}").status_code == 404
    refused = httpx.delete(f"{path}/{of_file['id']}")
    assert refused.status_code == 422
    assert "sightline.toml" in refused.json()["error"]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        pytest.param({"good": "sttatus = ok"}, "good: Unknown fact 'sttatus' at column 1: did you mean 'status'?", id="unknown_fact"),
        pytest.param({"good": "status = ok", "objective": 1}, "objective", id="all_of_them"),
        pytest.param({"good": "status = ok", "window_days": 91}, "window_days", id="too_long"),
        pytest.param({"good": "status = ok", "window_days": 0}, "window_days", id="no_window"),
        pytest.param({"good": "status = ok", "of": "traces"}, "of", id="unknown_subject"),
    ],
)
def test_an_objective_that_cannot_be_asked_says_why(told: Server, said: dict[str, object], complaint: str) -> None:
    response = httpx.post(f"{told.url}/api/v1/reliability/slos", json={"name": "x", "objective": 0.9} | said)
    assert response.status_code == 422
    assert response.json()["error"].startswith(complaint)


def test_a_server_refuses_objectives_and_labels_that_cannot_be_asked(tmp_path: Path) -> None:
    for options, complaint in (
        (
            {"slos": json.dumps([OF_FILE | {"good": "nope = 1"}])},
            "slos: the objective 'answers come' can't be asked: good: Unknown fact 'nope'",
        ),
        ({"slos": json.dumps([OF_FILE, OF_FILE])}, "there are two objectives 'answers come'"),
        ({"metrics_labels": '["trace_id"]'}, "metrics_labels: 'trace_id' can't be a label"),
    ):
        with pytest.raises(RuntimeError, match="did not start") as failure:
            Server(tmp_path / "data", options).start()
        assert complaint in str(failure.value)


# Metrics

_LINE = re.compile(r'([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')


def scraped(server: Server) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """name → labels → value, read as a scraper would; every line has to parse."""
    response = httpx.get(f"{server.url}/metrics", timeout=60)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for line in response.text.splitlines():
        if line.startswith("# "):
            continue
        parsed = _LINE.fullmatch(line)
        assert parsed is not None, line
        labels = tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', parsed.group(2) or "")))
        assert labels not in found.setdefault(parsed.group(1), {}), f"twice: {line}"
        found[parsed.group(1)][labels] = float(parsed.group(3))
    return found


def of(series: dict[tuple[tuple[str, str], ...], float], **labels: str) -> float:
    return sum(value for said, value in series.items() if labels.items() <= dict(said).items())


def test_metrics_tell_of_health_and_traffic(told: Server) -> None:
    found = eventually(lambda: scraped(told), lambda m: of(m.get("sightline_requests_total", {}), project="default") == 31)
    assert of(found["sightline_received_items_total"], signal="traces") == 71 == of(found["sightline_stored_items"], signal="traces")
    assert of(found["sightline_open_traces"]) == 0
    assert of(found["sightline_settling_lag_seconds"]) == 0
    assert of(found["sightline_table_rows"], table="spans") >= 71
    assert of(found["sightline_disk_free_bytes"]) > 0
    assert of(found["sightline_requests_total"], status="error") == 6
    assert of(found["sightline_silent_failures_total"], silent_failure="cut_off") == 3
    duration = "gen_ai_client_operation_duration_seconds"
    assert of(found[f"{duration}_count"]) == 40
    assert of(found[f"{duration}_count"], error_type="rate_limited") + of(found[f"{duration}_count"], error_type="other") >= 10
    # answers take 20 ms and failures 10 ms: the second bucket holds all
    assert of(found[f"{duration}_bucket"], le="0.01") == 10
    assert of(found[f"{duration}_bucket"], le="0.02") == 40 == of(found[f"{duration}_bucket"], le="+Inf")
    assert of(found[f"{duration}_sum"]) == pytest.approx(30 * 0.02 + 10 * 0.01)
    assert of(found["gen_ai_client_token_usage_sum"], gen_ai_token_type="input") == 300
    assert of(found["gen_ai_client_token_usage_count"], gen_ai_token_type="output") == 30


def test_series_are_bounded_and_the_rest_is_other(told: Server) -> None:
    """Six models answer and six fail: twelve sets of labels where three may have series of their own."""
    found = scraped(told)["gen_ai_client_operation_duration_seconds_count"]
    assert len(found) == 4
    others = [value for labels, value in found.items() if dict(labels)["gen_ai_request_model"] == "other"]
    assert len(others) == 1
    assert sum(found.values()) == 40


def test_counters_never_fall_and_grow_with_the_traffic(told: Server) -> None:
    before = scraped(told)
    spans = [one for i in range(30, 35) for one in _request(i)]
    told.send("traces", traces(spans, resource={"service.name": "api", "service.version": "2.0"}).SerializeToString())
    total = "sightline_requests_total"
    after = eventually(lambda: scraped(told), lambda m: of(m[total]) == of(before[total]) + 5, within_s=30)
    for name, series in before.items():
        if name.endswith(("_total", "_count", "_bucket")) and not name.startswith("process"):
            assert all(after[name][labels] >= value for labels, value in series.items()), name


def test_the_grafana_dashboard_asks_for_series_and_labels_that_there_are(told: Server) -> None:
    """There is no Prometheus here to run them: every name and every label in its expressions has to be exposed."""
    found = scraped(told)
    dashboard = json.loads((Path(__file__).parents[2] / "deploy" / "grafana" / "sightline.json").read_text())
    expressions = [t["expr"] for panel in dashboard["panels"] for t in panel.get("targets", ()) if "expr" in t]
    assert len(expressions) > 15
    for expression in expressions:
        assert expression.count("(") == expression.count(")"), expression
        names = re.findall(r"\b((?:sightline|gen_ai_client|process)_\w+)", expression)
        assert names, expression
        labels = {label for name in names for said in found[name] for label, _ in said}
        asked = {label for part in re.findall(r"\{([^}]*)\}", expression) for label in re.findall(r"(\w+)(?:=~|!=|=)", part)}
        asked |= {label.strip() for part in re.findall(r"by \(([^)]*)\)", expression) for label in part.split(",")}
        assert asked <= labels, f"{expression}: {asked - labels}"


def test_hostile_label_values_stay_values() -> None:
    text = exposition([Family("n_total", "counter", "h\\elp\nme", [Sample({"a": 'x"} 9\nevil 1\\'}, 2)])])
    assert text == '# HELP n_total h\\\\elp\\nme\n# TYPE n_total counter\nn_total{a="x\\"} 9\\nevil 1\\\\"} 2\n'


def test_a_histogram_ends_with_everything() -> None:
    lines = histogram({"a": "b"}, (0.5, 1.0), (1.0, 2.0), 3.0, 4.5)
    assert [(line.suffix, line.labels.get("le"), line.value) for line in lines] == [
        ("_bucket", "0.5", 1),
        ("_bucket", "1", 2),
        ("_bucket", "+Inf", 3),
        ("_sum", None, 4.5),
        ("_count", None, 3),
    ]
