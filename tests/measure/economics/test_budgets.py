"""Budgets against arithmetic in plain sight: costs are said, not priced."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sightline.errors import BadRequestError, SightlineError
from sightline.measure.economics.budgets import check, status
from sightline.measure.economics.budgets.periods import period_of
from sightline.store import Budget, BudgetTerms
from sightline.store.telemetry.engine import Engine
from tests.measure.economics import world

pytestmark = pytest.mark.anyio

HOUR_S = 3_600
DAY_S = 86_400
# T0 is Sunday 1 November 2026; now is Sunday the 15th at noon: 14 whole days, and half of today.
NOW_NS = world.T0_NS + int(14.5 * DAY_S) * world.SECOND_NS
MONTHLY = Budget(project="flat", name="all", period="month", amount_usd=60.0, starts=date(2026, 1, 1), id="b1")


def paid(i: int, at_s: float, usd: float | None, **said: Any) -> world.Row:
    parts = None if usd is None else (usd, 0.0, 0.0, 0.0)
    return world.call(i, at_s=at_s, parts=parts, input_tokens=10, output_tokens=1, **said)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    client = engine.connect()
    # One dollar every six hours from 31 October on: 4 a day, none of it at noon sharp.
    flat = [paid(i, (i - 4) * 6 * HOUR_S + HOUR_S, 1.0, tenant="acme" if i % 4 < 3 else "globex") for i in range(62)]
    flat.append(paid(500, 13.9 * DAY_S, None, tenant="acme"))
    world.insert(client, flat, project="flat")
    world.insert(client, [paid(i, i * DAY_S + HOUR_S, 3.0) for i in range(11, 15)], project="new")
    world.insert(client, [paid(i, i * DAY_S, None) for i in range(15)], project="unpriced")
    # An outer span that repeats its call, and a call that stands for ten.
    world.insert(
        client,
        [
            paid(1, 14 * DAY_S + 60, 2.0),
            paid(1, 14 * DAY_S + 60, 2.0, span_id="f" * 16, kind="chain", usage_counted=False),
            paid(2, 14 * DAY_S + 11 * HOUR_S + 1_800, 0.5, weight=10.0),
        ],
        project="weighted",
    )
    yield engine
    engine.close()


async def one(engine: Engine, budget: Budget, *, now_ns: int = NOW_NS) -> dict[str, Any]:
    (found,) = await status(engine, budget, now_ns=now_ns)
    return found


async def test_what_was_spent_and_what_is_to_come(engine: Engine) -> None:
    found = await one(engine, MONTHLY)
    assert found["period"] == {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
    assert found["spent_usd"] == 14 * 4 + 2
    assert found["share_spent"] == pytest.approx(58 / 60)
    assert found["share_elapsed"] == pytest.approx(14.5 / 30)
    # 2 dollars this afternoon and 15 days of 4.
    assert found["forecast_usd"] == pytest.approx(120)
    assert found["forecast_interval"] == pytest.approx([120, 120])
    assert found["enough"] is True
    # 31 October is left out: of the first day with a call only a part may have had any.
    assert "14 whole days" in found["why"]
    assert found["over"] is False


async def test_when_it_runs_out(engine: Engine) -> None:
    # 58 are spent; the 2 of this afternoon come evenly, as far as the forecast knows.
    assert (await one(engine, MONTHLY))["exhausted_at"] == "2026-11-16T00:00:00Z"
    assert (await one(engine, replace(MONTHLY, amount_usd=62)))["exhausted_at"] == "2026-11-16T12:00:00Z"
    assert (await one(engine, replace(MONTHLY, amount_usd=121)))["exhausted_at"] is None
    spent = await one(engine, replace(MONTHLY, amount_usd=10))
    # Four a day: ten are gone in the middle of the third.
    assert (spent["exhausted_at"], spent["over"]) == ("2026-11-03T12:00:00Z", True)


async def test_burn_rates_are_of_the_time_until_now(engine: Engine) -> None:
    found = {burn["window"]: burn for burn in (await one(engine, MONTHLY))["burn_rates"]}
    assert {window: burn["usd"] for window, burn in found.items()} == {"1h": 0, "6h": 1, "1d": 4, "3d": 12, "7d": 28}
    # 60 in 30 days are 2 a day.
    assert found["1d"]["rate"] == pytest.approx(2)
    assert found["6h"]["rate"] == pytest.approx(2)
    assert found["1h"]["rate"] == 0


async def test_the_series_is_days_with_their_sum(engine: Engine) -> None:
    series = (await one(engine, MONTHLY))["series"]
    assert len(series) == 15
    assert series[0] == {"time": "2026-11-01T00:00:00Z", "spent_usd": 4, "cumulative_usd": 4}
    assert series[-1] == {"time": "2026-11-15T00:00:00Z", "spent_usd": 2, "cumulative_usd": 58}


async def test_of_a_day_the_series_is_hours(engine: Engine) -> None:
    found = await one(engine, replace(MONTHLY, period="day", amount_usd=4))
    assert [point["spent_usd"] for point in found["series"]] == [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert found["forecast_usd"] == pytest.approx(4)
    assert found["burn_rates"][1] == {"window": "6h", "rate": pytest.approx(1), "usd": 1}


async def test_the_share_with_a_price_stands_beside_it(engine: Engine) -> None:
    # 58 calls with a cost and one without.
    assert (await one(engine, MONTHLY))["priced_share"] == pytest.approx(58 / 59)


async def test_unknown_is_not_zero(engine: Engine) -> None:
    found = await one(engine, replace(MONTHLY, project="unpriced"))
    unknown = ("spent_usd", "share_spent", "forecast_usd", "forecast_interval", "exhausted_at")
    assert {name: found[name] for name in unknown} == dict.fromkeys(unknown)
    assert (found["priced_share"], found["over"], found["enough"]) == (0, False, False)
    assert found["burn_rates"][2] == {"window": "1d", "rate": None, "usd": None}
    assert found["series"][3] == {"time": "2026-11-04T00:00:00Z", "spent_usd": None, "cumulative_usd": 0}


async def test_nothing_sent_is_nothing_spent(engine: Engine) -> None:
    found = await one(engine, replace(MONTHLY, project="nobody"))
    assert (found["spent_usd"], found["priced_share"], found["forecast_usd"], found["group"]) == (0, None, None, None)
    assert "whole day" in found["why"]


async def test_three_days_are_too_few_for_an_interval(engine: Engine) -> None:
    found = await one(engine, replace(MONTHLY, project="new"))
    # The 13th and 14th are whole; of the 12th only a part is sure, today has had its 3 already.
    assert (found["enough"], found["forecast_interval"]) == (False, None)
    assert found["forecast_usd"] == pytest.approx(12 + 15 * 3)
    assert "2 whole days only: an interval takes 7" in found["why"]


async def test_each_group_has_the_amount_those_that_spent_most_first(engine: Engine) -> None:
    found = await status(engine, replace(MONTHLY, group_by="tenant"), now_ns=NOW_NS)
    # Of the four calls a day, from 1 November on, three are acme's.
    assert [(entry["group"], entry["spent_usd"]) for entry in found] == [(["acme"], 14 * 3 + 2), (["globex"], 14)]
    assert [entry["more_groups"] for entry in found] == [0, 0]
    assert found[0]["filter"] == "(tenant = 'acme') and (cost_usd is not null)"
    assert found[1]["burn_rates"][2]["usd"] == 1
    (first,) = await status(engine, replace(MONTHLY, group_by="tenant"), now_ns=NOW_NS, groups=1)
    assert (first["group"], first["more_groups"]) == (["acme"], 1)


async def test_a_budget_of_one_group(engine: Engine) -> None:
    found = await one(engine, replace(MONTHLY, group_by="tenant", group_value="globex", filter="model = 'gpt-4o'"))
    assert (found["group"], found["spent_usd"]) == (["globex"], 14)
    assert found["filter"] == "(model = 'gpt-4o') and (tenant = 'globex') and (cost_usd is not null)"
    nobody = await one(engine, replace(MONTHLY, group_by="tenant", group_value="x' OR 1"))
    assert (nobody["group"], nobody["spent_usd"]) == (["x' OR 1"], 0)
    assert nobody["filter"] == "(tenant = 'x'' OR 1') and (cost_usd is not null)"


async def test_usage_that_is_repeated_counts_once_and_a_sample_for_all_it_stands_for(engine: Engine) -> None:
    found = await one(engine, replace(MONTHLY, project="weighted"))
    assert found["spent_usd"] == 2.0 + 10 * 0.5
    assert found["burn_rates"][0]["usd"] == 5.0


async def test_spending_before_it_starts_does_not_count(engine: Engine) -> None:
    found = await one(engine, replace(MONTHLY, starts=date(2026, 11, 11)))
    assert found["period"]["from"] == "2026-11-11T00:00:00Z"
    assert found["spent_usd"] == 4 * 4 + 2
    assert found["share_elapsed"] == pytest.approx(4.5 / 20)
    # But the history before is history: it is what the forecast stands on.
    assert found["forecast_usd"] == pytest.approx(80)
    later = await one(engine, replace(MONTHLY, starts=date(2026, 12, 24)))
    assert later["period"] == {"from": "2026-12-24T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
    assert (later["spent_usd"], later["share_elapsed"], later["forecast_usd"], later["series"]) == (0, 0, None, [])
    assert later["why"] == "The budget starts on 2026-12-24."


@pytest.mark.parametrize(
    ("period", "today", "first", "after"),
    [
        ("day", date(2026, 11, 15), date(2026, 11, 15), date(2026, 11, 16)),
        ("week", date(2026, 11, 15), date(2026, 11, 9), date(2026, 11, 16)),
        ("week", date(2026, 11, 16), date(2026, 11, 16), date(2026, 11, 23)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
        ("month", date(2028, 2, 29), date(2028, 2, 1), date(2028, 3, 1)),
        ("quarter", date(2026, 11, 15), date(2026, 10, 1), date(2027, 1, 1)),
        ("quarter", date(2026, 4, 1), date(2026, 4, 1), date(2026, 7, 1)),
    ],
)
def test_periods_are_the_calendars(period: Any, today: date, first: date, after: date) -> None:
    found = period_of(period, date(2020, 1, 1), today)
    assert (found.first, found.after) == (first, after)
    assert datetime.fromtimestamp(found.from_ns / 1e9, UTC).date() == first


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"filter": "modle = 'x'"}, "did you mean 'model'"),
        ({"filter": "model = "}, "column"),
        ({"group_by": "tennant"}, "group_by: .*did you mean 'tenant'"),
        ({"group_by": "count(*)"}, "group_by: "),
        ({"group_by": "trace.task"}, "group_by: "),
        ({"group_value": "acme"}, "group_value: It needs a group_by"),
    ],
)
def test_terms_that_cannot_be_asked_are_refused(said: dict[str, Any], says: str) -> None:
    with pytest.raises(SightlineError, match=says) as raised:
        check(BudgetTerms("p", "n", "month", 1.0, date(2026, 1, 1), **said))
    assert isinstance(raised.value, BadRequestError)


def test_terms_that_can_be_asked_are_not() -> None:
    check(BudgetTerms("p", "n", "month", 1.0, date(2026, 1, 1), "root.tenant = 'x' and models has 'y'", "attributes['a b']", "z"))
