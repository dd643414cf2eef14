"""Rollups against the rows that they are made of: the same counts and sums, quantiles within what they state, whatever changes."""

import csv
import gzip
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from sightline.facts.prices import KeptCatalogue
from sightline.measure import latency
from sightline.measure.latency import Asked, rollups
from sightline.query import Filter, Scene, Window
from sightline.store import RollupOptions
from sightline.store.telemetry import schema
from sightline.store.telemetry.engine import Engine, EngineOptions
from sightline.store.telemetry.pricing import Pricer
from sightline.store.telemetry.rollups import Rollups
from sightline.store.telemetry.settling import Settler, SettlingOptions

pytestmark = pytest.mark.anyio

HOUR_NS = 3600 * 10**9
BEGIN_NS = (time.time_ns() // HOUR_NS - 30) * HOUR_NS
ROWS = """
INSERT INTO spans (project, trace_id, span_id, parent_span_id, name, kind, stage, task, model, start, received, duration_ns, ttft_ns,
  self_ns, critical_ns, status, usage_counted, weight, settled, retention)
SELECT 'p', hex(intDiv(number, 4)), hex(number), if(number % 4 = 0, NULL, hex(intDiv(number, 4) * 4)), ['r', 's', 'g', 'g'][number % 4 + 1],
  ['request', 'retrieval', 'llm', 'llm'][number % 4 + 1], ['r', 's', 'g', 'g'][number % 4 + 1], ['a', 'b', 'c'][intDiv(number, 4) % 3 + 1],
  if(number % 4 > 1, ['x', 'y'][intDiv(number, 4) % 2 + 1], NULL),
  fromUnixTimestamp64Nano({begin:Int64} + toInt64(number) * 1000000000, 'UTC') AS at, at,
  toUInt64(1e8 * exp(1.5 * randNormal(0, 1))), if(number % 4 > 1, toUInt64(1e7 * exp(randNormal(0, 1))), NULL), 1,
  if(number % 5 = 0, 0, number), if(number % 50 = 0, 'error', 'ok'), true, 1, true, 90
FROM numbers(20000)
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Any:
    engine = Engine(EngineOptions(directory=tmp_path_factory.mktemp("rollups"), readers=2))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def client(engine: Engine) -> Client:
    client = engine.connect()
    schema.apply(client, retention_days=90)
    client.command(ROWS, parameters={"begin": BEGIN_NS + 1_234 * 10**9})
    client.command(
        "INSERT INTO traces_settled (project, trace_id, root_span_id, name, kind, task, start, last_start, duration_ns, ttft_ns, status,"
        " weight, received, retention)"
        " SELECT project, trace_id, span_id, name, kind, task, start, start, duration_ns, intDiv(duration_ns, 2), status, 1, received, 90"
        " FROM spans WHERE parent_span_id IS NULL"
    )
    client.command(
        "INSERT INTO rollup_dirty SELECT DISTINCT project, toStartOfHour(start), toDateTime64('2020-01-01', 3, 'UTC') FROM spans"
    )
    made = Rollups(client, RollupOptions(quiet_s=0, most=4))
    while made.derive():
        pass
    return client


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch, client: Client) -> AsyncIterator[None] | None:
    """Few rows are enough for rollups to be asked."""
    monkeypatch.setattr(rollups, "FEWEST_ROWS", 0)
    return None


def asked(**said: Any) -> Asked:
    window = said.pop("window", Window(BEGIN_NS + 2_000 * 10**9, BEGIN_NS + 5 * HOUR_NS + 777 * 10**9))
    return Asked(Scene("p", window, time.time_ns()), filter=Filter.parse(said.pop("filter", "")), **said)


async def both_ways(engine: Engine, monkeypatch: pytest.MonkeyPatch, question: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer by hours, and by rows."""
    by_hours = await latency.percentiles(engine, question, limit=50)
    monkeypatch.setattr(rollups, "FEWEST_ROWS", 10**12)
    by_rows = await latency.percentiles(engine, question, limit=50)
    monkeypatch.setattr(rollups, "FEWEST_ROWS", 0)
    assert (by_hours["method"], by_rows["method"]) == ("rollup", "exact")
    return by_hours, by_rows


def alike(by_hours: dict[str, Any], by_rows: dict[str, Any]) -> None:
    assert by_hours["n"] == by_rows["n"] > 0
    assert by_hours["enough"] == by_rows["enough"]
    assert by_hours["max"] == by_rows["max"]
    assert by_hours["mean"] == pytest.approx(by_rows["mean"], rel=1e-9)
    for name in ("p50", "p90", "p95", "p99"):
        if by_rows["enough"][name]:
            # a percent of the sketch, and what lies between two neighbouring ranks
            assert by_hours[name] == pytest.approx(by_rows[name], rel=0.04), name


@pytest.mark.parametrize(
    "question",
    [
        pytest.param({"of": "spans", "group_by": ["stage", "task"]}, id="stage_and_task"),
        pytest.param({"of": "spans", "measure": "ttft_ns", "group_by": ["model"]}, id="unknown_is_left_out"),
        pytest.param({"of": "spans", "measure": "critical_ns", "group_by": ["kind"]}, id="zero_is_a_value"),
        pytest.param({"of": "spans", "group_by": ["stage"], "filter": "task in ('a', 'b') and not model = 'x'"}, id="filter_of_dimensions"),
        pytest.param({"of": "requests", "group_by": ["task"]}, id="requests"),
        pytest.param({"of": "requests", "measure": "ttft_ns"}, id="ttft_of_requests"),
        pytest.param({"of": "spans", "window": Window()}, id="open_window"),
        pytest.param({"of": "spans", "window": Window(BEGIN_NS + 4_000 * 10**9, BEGIN_NS + 4_600 * 10**9)}, id="no_whole_hour"),
    ],
)
async def test_rollups_say_what_the_rows_say(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, always: None, question: dict[str, Any]
) -> None:
    wanted = asked(**question)
    if question.get("window") == Window(BEGIN_NS + 4_000 * 10**9, BEGIN_NS + 4_600 * 10**9):
        assert (await latency.percentiles(engine, wanted, limit=50))["method"] == "exact"
        return
    by_hours, by_rows = await both_ways(engine, monkeypatch, wanted)
    alike(by_hours["total"], by_rows["total"])
    groups = {tuple(group["group"]): group for group in by_rows["groups"]}
    assert {tuple(group["group"]) for group in by_hours["groups"]} == set(groups)
    assert by_hours["more_groups"] == by_rows["more_groups"] == 0
    for group in by_hours["groups"]:
        alike(group, groups[tuple(group["group"])])
        assert group["filter"] == groups[tuple(group["group"])]["filter"]


@pytest.mark.parametrize(
    "question",
    [
        {"of": "spans", "group_by": ["name"]},
        {"of": "spans", "filter": "status = error"},
        {"of": "spans", "filter": "attributes['a'] = 'b'"},
        {"of": "spans", "measure": "self_ns"},
        {"of": "requests", "filter": "task = 'a'"},
        {"of": "requests", "group_by": ["tenant"]},
    ],
)
async def test_what_is_not_in_them_is_asked_of_the_rows(engine: Engine, always: None, question: dict[str, Any]) -> None:
    assert (await latency.percentiles(engine, asked(**question), limit=5))["method"] == "exact"


async def test_the_heatmap_of_hours_holds_the_same_values(engine: Engine, monkeypatch: pytest.MonkeyPatch, always: None) -> None:
    question = asked(of="spans")
    by_hours = await latency.heatmap(engine, question, interval="1h")
    monkeypatch.setattr(rollups, "FEWEST_ROWS", 10**12)
    by_rows = await latency.heatmap(engine, question, interval="1h")
    assert (by_hours["method"], by_rows["method"]) == ("rollup", "exact")
    assert [(line["time"], line["n"], line["max"]) for line in by_hours["lines"]] == [
        (line["time"], line["n"], line["max"]) for line in by_rows["lines"]
    ]
    assert sum(cell["n"] for cell in by_hours["cells"]) == sum(cell["n"] for cell in by_rows["cells"]) == by_rows["total"]["n"]
    hours, rows = ({one["low"]: one["n"] for one in found["distribution"]} for found in (by_hours, by_rows))
    moved = sum(abs(hours.get(low, 0) - rows.get(low, 0)) for low in hours.keys() | rows.keys())  # an outermost bin may be empty in one
    assert moved < 0.12 * by_rows["total"]["n"]  # only what lies within a percent of a bin's edge


async def test_an_hour_that_changes_is_read_from_its_rows_until_it_is_derived_again(
    engine: Engine, client: Client, monkeypatch: pytest.MonkeyPatch, always: None
) -> None:
    question = asked(of="spans", group_by=["stage"])
    before, _ = await both_ways(engine, monkeypatch, question)
    changed = BEGIN_NS + 3 * HOUR_NS
    client.command("INSERT INTO rollup_dirty SELECT 'p', fromUnixTimestamp64Nano({at:Int64}, 'UTC'), now64(3)", parameters={"at": changed})
    client.command(
        "UPDATE spans SET duration_ns = 50000000000"
        " WHERE stage = 's' AND toStartOfHour(start) = fromUnixTimestamp64Nano({at:Int64}, 'UTC')",
        parameters={"at": changed},
    )
    assert Rollups(client, RollupOptions(quiet_s=60)).derive() == 0  # it changed a moment ago
    dirty, rows = await both_ways(engine, monkeypatch, question)
    assert Rollups(client, RollupOptions(quiet_s=0)).derive() == 1
    derived, _ = await both_ways(engine, monkeypatch, question)
    for answer in (dirty, derived):
        alike(answer["total"], rows["total"])
    named = {group["group"][0]: group for group in derived["groups"]}
    assert named["s"]["mean"] > {group["group"][0]: group for group in before["groups"]}["s"]["mean"] * 2
    builds = client.query("SELECT count(), uniqExact(hour) FROM rollup_builds").result_rows[0]
    assert builds[0] == builds[1] + 1  # the build before is still there for who reads it


async def test_rows_that_stand_for_others_are_asked_of_the_rows(engine: Engine, client: Client, always: None) -> None:
    question = replace(asked(of="spans"), scene=Scene("q", Window(), time.time_ns()))
    client.command(
        "INSERT INTO spans (project, trace_id, span_id, start, duration_ns, weight, settled, kind)"
        " SELECT 'q', 't', 's', now64(9), 5, 4, true, 'llm'"
    )
    assert (await latency.percentiles(engine, question, limit=5))["method"] == "exact"


async def test_a_published_benchmark_is_within_the_sketchs_error(
    engine: Engine, client: Client, monkeypatch: pytest.MonkeyPatch, always: None, shared: Path
) -> None:
    """LLMPerf's TTFT by run, by rollups: off from the value at that rank by one percent at the most."""
    with gzip.open(shared / "data" / "llmperf_leaderboard" / "requests.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if not row["error_code"]]
    at = datetime.fromtimestamp(BEGIN_NS // 10**9, UTC)
    columns = ["project", "trace_id", "span_id", "kind", "stage", "start", "ttft_ns", "weight", "settled", "retention"]
    sent = [
        ["perf", row["run"], str(i), "llm", row["run"], at + timedelta(seconds=i), round(float(row["ttft_s"]) * 1e9), 1.0, True, 90]
        for i, row in enumerate(rows)
    ]
    client.insert("spans", sent, column_names=columns)
    client.command(
        "INSERT INTO rollup_dirty SELECT DISTINCT project, toStartOfHour(start), toDateTime64('2020-01-01', 3, 'UTC') FROM spans"
        " WHERE project = 'perf'"
    )
    while Rollups(client, RollupOptions(quiet_s=0)).derive():
        pass
    scene = Scene("perf", Window(BEGIN_NS, BEGIN_NS + 24 * HOUR_NS), time.time_ns())
    answer = await latency.percentiles(engine, Asked(scene, of="spans", measure="ttft_ns", group_by=["stage"]), limit=50)
    assert answer["method"] == "rollup"
    for group in answer["groups"]:
        values = sorted(round(float(row["ttft_s"]) * 1e9) for row in rows if row["run"] == group["group"][0])
        assert group["n"] == len(values)
        for name, level in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            assert group[name] == pytest.approx(values[int(level * (len(values) - 1))], rel=answer["relative_error"] + 1e-9)


async def test_settling_marks_the_hours_that_it_changes(client: Client, tmp_path: Path) -> None:
    client.command("TRUNCATE TABLE rollup_dirty")
    client.command(
        "INSERT INTO spans (project, trace_id, span_id, start, received, duration_ns, weight, settled, kind, retention)"
        " SELECT 's', 't', hex(number), fromUnixTimestamp64Nano({at:Int64} + toInt64(number) * 3000000000000, 'UTC'), now64(9) - 60, 5, 1,"
        " false, 'llm', 90 FROM numbers(3)",
        parameters={"at": BEGIN_NS},
    )
    client.command(
        "INSERT INTO trace_arrivals SELECT project, trace_id, toStartOfFiveMinutes(start), received, received, true FROM spans"
        " WHERE project = 's'"
    )
    pricer = Pricer(client, KeptCatalogue(tmp_path), (), prices_tools=False)
    assert Settler(client, SettlingOptions(quiet_s=0, patience_s=1), pricer).settle(time.time_ns()).traces == 1
    # the spans start 0, 50 and 100 minutes after the hour
    marked = client.query("SELECT DISTINCT toUnixTimestamp(hour) FROM rollup_dirty WHERE project = 's' ORDER BY 1").result_rows
    assert [row[0] for row in marked] == [BEGIN_NS // 10**9, BEGIN_NS // 10**9 + 3600]
