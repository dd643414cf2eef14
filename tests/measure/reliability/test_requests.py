"""Sessions, the map of hops, standing among the like, and releases: of whole requests."""

import pytest

from sightline.errors import NotFoundError
from sightline.measure.reliability import deploys, hops, sessions, standing
from sightline.query import UNITS_NS, Window
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.world import NOW_NS, SECOND_NS, T0_NS, Row, call, span
from tests.measure.reliability.conftest import Ask, Put

pytestmark = pytest.mark.anyio

HALF_HOUR_NS = 1_800 * SECOND_NS
DAY_NS = UNITS_NS["d"]
FAILED: Row = {"status": "error", "error_type": "timeout"}


def turn(i: int, session: str, *, at_s: float, **said: object) -> Row:
    return span(i, 0, at_s=at_s, session_id=session, **said)


async def test_a_session_is_abandoned_when_its_last_request_got_no_answer(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        *(turn(0, "well", at_s=0), turn(1, "well", at_s=100)),
        *(turn(2, "failed", at_s=0), turn(3, "failed", at_s=50, **FAILED)),
        *(turn(4, "recovered", at_s=0, **FAILED), turn(5, "recovered", at_s=40)),
        *(turn(6, "empty", at_s=0), call(6, 1, at_s=0, session_id="empty", silent_failure="empty_output")),
        *(turn(7, "cancelled", at_s=0), call(7, 1, at_s=0, session_id="cancelled", streamed=True, status="error", error_type="cancelled")),
    )
    found = await sessions(engine, ask(), quiet_ns=HALF_HOUR_NS)
    assert (found["sessions"], found["open"]) == (5, 0)
    assert (found["abandoned"]["of"], found["abandoned"]["n"]) == (3, 5)
    assert (found["abandoned_failed"], found["abandoned_empty"]) == (1, 2)
    assert {one["session_id"] for one in found["abandoned_sessions"]} == {"failed", "empty", "cancelled"}
    # turns 2, 2, 2, 1, 1
    assert (found["turns"]["mean"], found["turns"]["p50"], found["turns"]["max"]) == (1.6, 2, 2)
    # well: from 0 to 101 s, recovered: from 0 to 41 s; a request lasts a second
    assert found["time_to_resolution"] == {"p50_ns": 71 * SECOND_NS, "p95_ns": 98 * SECOND_NS, "n": 2}


async def test_a_session_is_open_until_it_was_quiet_and_looked_at_past_the_window(engine: Engine, put: Put, ask: Ask) -> None:
    now_s = (NOW_NS - T0_NS) / SECOND_NS
    put(
        turn(0, "just now", at_s=now_s - 60, **FAILED),
        turn(1, "goes on", at_s=0, **FAILED),
        turn(2, "goes on", at_s=7200),
    )
    found = await sessions(engine, ask(), quiet_ns=HALF_HOUR_NS)
    assert (found["sessions"], found["open"], found["abandoned"]["of"]) == (2, 1, 0)
    first_hour = await sessions(engine, ask(from_s=0, to_s=3600), quiet_ns=HALF_HOUR_NS)
    assert first_hour["sessions"] == 0, "it did not end in that hour"


def whole(i: int, *stages: str, failed: bool = False) -> list[Row]:
    """A request of the task answer with these hops, one inside the other."""
    rows = [span(i, 0, at_s=i, task="answer", **(FAILED if failed else {}))]
    for part, stage in enumerate(stages, start=1):
        more = {"parent_span_id": f"{1000 * (i + 1) + part - 1:016x}", "duration_ns": (i + 1) * 1_000_000, "task": "answer"}
        rows.append(span(i, part, at_s=i, name=stage, kind="chain", stage=stage, **more))
    return rows


async def test_an_edge_is_a_stage_inside_a_stage(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(row for i in range(100) for row in whole(i, "retrieve", "rerank")))
    put(*whole(100, "retrieve"), span(100, 9, kind="llm", stage="rerank", name="x", silent_failure="cut_off", error_origin=True, **FAILED))
    found = await hops(engine, ask(), limit=50)
    edges = {(edge["from"]["stage"] if edge["from"] else None, edge["to"]["kind"], edge["to"]["stage"]): edge for edge in found["edges"]}
    assert set(edges) == {
        (None, "request", "POST /chat"),
        ("POST /chat", "chain", "retrieve"),
        ("retrieve", "chain", "rerank"),
        ("POST /chat", "llm", "rerank"),
    }
    inner = edges["retrieve", "chain", "rerank"]
    assert (inner["calls"], inner["traces"], inner["failed"]["of"], inner["enough"]) == (100, 100, 0, True)
    # durations 1 … 100 ms: type 7 puts P95 at 95.05
    assert inner["p95_ns"] == pytest.approx(95_050_000)
    bad = edges["POST /chat", "llm", "rerank"]
    assert (bad["failed"]["of"], bad["errors"], bad["silent_failures"]["of"], bad["enough"]) == (1, 1, 1, False)
    nodes = {(node["kind"], node["stage"]): node for node in found["nodes"]}
    assert nodes["chain", "retrieve"]["calls"] == 101


async def test_a_hop_that_most_requests_make_is_missed_in_the_others(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(row for i in range(18) for row in whole(i, "retrieve", "guard")))
    put(*(row for i in range(18, 20) for row in whole(i, "retrieve", failed=i == 19)))
    (missing,) = (await hops(engine, ask(), limit=50))["missing"]
    assert (missing["task"], missing["stage"]) == ("answer", "guard")
    assert (missing["requests"]["of"], missing["requests"]["n"], missing["without"], missing["without_failed"]) == (18, 20, 2, 1)
    assert missing["trace_ids"] == [f"{20:032x}", f"{19:032x}"], "the latest first"


async def test_nothing_is_missed_among_few_requests_or_where_few_make_it(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(row for i in range(19) for row in whole(i, *(("guard",) if i else ()))))
    assert (await hops(engine, ask(), limit=50))["missing"] == [], "19 requests are too few"
    put(*(row for i in range(20, 60) for row in whole(i)))
    assert (await hops(engine, ask(), limit=50))["missing"] == [], "a third of them make it"


async def test_standing_counts_equal_durations_half(engine: Engine, put: Put, project: str) -> None:
    put(*(call(i, 0, at_s=i, stage="chat", duration_ns=(i + 1) * SECOND_NS) for i in range(40)))
    put(call(40, 0, stage="chat", duration_ns=SECOND_NS, model="another"))
    found = await standing(engine, project, f"{30:032x}", around_ns=DAY_NS)
    (mine,) = found["spans"]
    # 29 of 40 are faster than the one of 30 s, which equals itself
    assert mine["percentile"] == pytest.approx(100 * 29.5 / 40)
    assert (mine["n"], mine["enough"], mine["p50_ns"]) == (40, True, int(20.5 * SECOND_NS))
    (lonely,) = (await standing(engine, project, f"{41:032x}", around_ns=DAY_NS))["spans"]
    assert (lonely["n"], lonely["enough"]) == (1, False)


async def test_a_trace_that_is_not_there_has_no_standing(engine: Engine, project: str) -> None:
    with pytest.raises(NotFoundError):
        await standing(engine, project, "0" * 31 + "1", around_ns=DAY_NS)


async def test_a_release_is_a_marker_where_its_service_ran_another_before(engine: Engine, put: Put, project: str) -> None:
    put(
        span(0, 0, at_s=0, service="api", release="1.0"),
        span(1, 0, at_s=60, service="api", release="1.1"),
        span(2, 0, at_s=90, service="api", release="1.0"),
        span(3, 0, at_s=120, service="worker", release="7"),
        span(4, 0, at_s=150, service="api", environment="staging", release="1.2"),
    )
    (marker,) = await deploys(engine, project, Window(T0_NS, T0_NS + 3600 * SECOND_NS))
    assert (marker["time"], marker["name"], marker["kind"]) == ("2026-11-01T00:01:00Z", "api 1.1", "deploy")
    assert (marker["previous_release"], marker["source"]) == ("1.0", "release")
    assert marker["filter"] == "(service = 'api') and (release = '1.1')"
    later = await deploys(engine, project, Window(T0_NS + 61 * SECOND_NS, T0_NS + 3600 * SECOND_NS))
    assert later == [], "it was there before the window began"
