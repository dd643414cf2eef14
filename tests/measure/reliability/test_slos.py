"""Objectives: the share that was good, the budget that is left, burn rates and the alerts of the workbook."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sightline.errors import BadRequestError
from sightline.measure.reliability import slos
from sightline.store import Slo
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.world import HOUR_NS, NOW_NS, SECOND_NS, T0_NS, Row, call, span
from tests.measure.reliability.conftest import Put

pytestmark = pytest.mark.anyio

NOW_S = (NOW_NS - T0_NS) / SECOND_NS


def slo(project: str, good: str, objective: float = 0.9, **said: Any) -> Slo:
    about: dict[str, Any] = {"project": project, "name": "n", "of": "requests", "good": good, "objective": objective}
    return Slo(**(about | said))


def before(i: int, seconds: float, **said: Any) -> Row:
    """A request so many seconds before now."""
    return span(i, 0, at_s=NOW_S - seconds, task="support", **said)


async def test_the_budget_is_what_the_objective_allows_to_be_bad(engine: Engine, put: Put, project: str) -> None:
    put(*(before(i, 3600 * (i % 40) + 60, status="error" if i < 3 else "ok") for i in range(100)))
    found = await slos.status(engine, slo(project, "status != error"), now_ns=NOW_NS)
    assert (found["good"], found["bad"], found["unknown"]) == (97, 3, 0)
    assert found["budget"]["allowed"] == pytest.approx(10)
    assert found["budget"]["left_share"] == pytest.approx(0.7)
    assert found["kept"] is None or found["kept"] is True
    assert found["enough"]
    assert found["series"][-1]["left_share"] == pytest.approx(0.7)


async def test_of_requests_a_name_means_the_requests_own(engine: Engine, put: Put, project: str) -> None:
    # the request takes 10 s, a call inside it 1 s: only the request's own duration counts
    put(before(0, 60, duration_ns=10 * SECOND_NS), call(0, 1, at_s=NOW_S - 60, task="support", duration_ns=SECOND_NS))
    found = await slos.status(engine, slo(project, "duration_s < 5"), now_ns=NOW_NS)
    assert (found["good"], found["bad"]) == (0, 1)
    of_spans = await slos.status(engine, slo(project, "duration_s < 5", of="spans", among="kind = llm"), now_ns=NOW_NS)
    assert (of_spans["good"], of_spans["bad"]) == (1, 0)
    by_model = await slos.status(engine, slo(project, "status != error", among="model = 'gpt-4o'"), now_ns=NOW_NS)
    assert by_model["good"] == 1, "what only spans have is asked of one of its spans"


async def test_what_is_unknown_is_neither_good_nor_bad(engine: Engine, put: Put, project: str) -> None:
    put(before(0, 60, ttft_ns=SECOND_NS), before(1, 60, ttft_ns=2 * SECOND_NS), before(2, 60))
    found = await slos.status(engine, slo(project, "ttft_ms < 1500", among="task = 'support'"), now_ns=NOW_NS)
    assert (found["good"], found["bad"], found["unknown"]) == (1, 1, 1)


async def test_scores_can_be_asked(engine: Engine, put: Put, project: str) -> None:
    put(*(before(i, 60) for i in range(4)))
    start = datetime.fromtimestamp(NOW_NS / 1e9 - 60, UTC)
    rows = [[project, f"{i + 1:032x}", "grounded", 1.0 if i else 0.0, start] for i in range(3)]
    engine.connect().insert("scores", rows, column_names=["project", "trace_id", "name", "value", "start"])
    asked = slo(project, "trace.scores['grounded'] >= 0.5", among="trace.scores['grounded'] is not null")
    found = await slos.status(engine, asked, now_ns=NOW_NS)
    assert (found["good"], found["bad"], found["unknown"]) == (2, 1, 0)


async def test_only_the_rolling_window_counts(engine: Engine, put: Put, project: str) -> None:
    put(before(0, 23 * 3600), before(1, 25 * 3600, status="error"))
    found = await slos.status(engine, slo(project, "status != error", window_days=1), now_ns=NOW_NS)
    assert (found["good"], found["bad"]) == (1, 0)
    assert found["window"]["to"] == "2026-11-03T00:00:00Z"


async def test_burn_rates_are_shares_of_bad_over_what_is_allowed(engine: Engine, put: Put, project: str) -> None:
    # of ten in the last five minutes five are bad; of ten between one and six hours ago none
    put(*(before(i, 60, status="error" if i < 5 else "ok") for i in range(10)), *(before(10 + i, 2 * 3600) for i in range(10)))
    found = await slos.status(engine, slo(project, "status != error"), now_ns=NOW_NS)
    rates: dict[str, Any] = {burn["window"]: (burn["n"], burn["bad"], pytest.approx(burn["rate"])) for burn in found["burn_rates"]}
    assert rates == {"5m": (10, 5, 5), "30m": (10, 5, 5), "1h": (10, 5, 5), "6h": (20, 5, 2.5), "3d": (20, 5, 2.5)}


async def test_an_alert_fires_while_both_windows_burn(engine: Engine, put: Put, project: str) -> None:
    burning = slo(project, "status != error", 0.99)
    put(*(before(i, 60, status="error" if i < 50 else "ok") for i in range(100)))
    found = await slos.status(engine, burning, now_ns=NOW_NS)
    assert [(alert["long"], alert["firing"]) for alert in found["alerts"]] == [("1h", True), ("6h", True), ("3d", True)]
    over = await slos.status(engine, burning, now_ns=NOW_NS + HOUR_NS // 2)
    firing = {(alert["long"], alert["short"]): alert["firing"] for alert in over["alerts"]}
    assert firing["1h", "5m"] is False, "the short window is quiet again"


def test_factors_are_those_of_the_workbook() -> None:
    """The Site Reliability Workbook, chapter 5, table 5-8, for 30 days."""
    alerts: list[Any] = [(a.severity, a.long, a.short, a.factor) for a in slos.alerts_of(30)]
    assert alerts == [
        ("page", "1h", "5m", pytest.approx(14.4)),
        ("page", "6h", "30m", pytest.approx(6)),
        ("ticket", "3d", "6h", pytest.approx(1)),
    ]
    assert [alert.long for alert in slos.alerts_of(7)] == ["1h", "6h"], "10 % in three days is slower than a week's budget allows"


async def test_few_cases_are_not_enough_for_a_high_objective(engine: Engine, put: Put, project: str) -> None:
    put(*(before(i, 60) for i in range(20)))
    found = await slos.status(engine, slo(project, "status != error", 0.99), now_ns=NOW_NS)
    assert not found["enough"], "a hundredth of 20 is no whole case"
    assert found["kept"] is None


async def test_nothing_came_yet(engine: Engine, project: str) -> None:
    found = await slos.status(engine, slo(project, "status != error"), now_ns=NOW_NS)
    assert found["budget"]["left_share"] is None
    assert found["reached"]["share"] is None
    assert not any(alert["firing"] for alert in found["alerts"])


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"good": "sttatus != error"}, "good: Unknown fact 'sttatus'"),
        ({"good": "status !="}, "good: The filter ends too soon"),
        ({"good": ""}, "good: It is empty"),
        ({"good": "status != error", "among": "task ="}, "among: The filter ends too soon"),
    ],
)
def test_terms_that_cannot_be_asked_name_their_field(project: str, said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadRequestError, match=complaint.replace("(", r"\(")):
        slos.check(slo(project, **said))
