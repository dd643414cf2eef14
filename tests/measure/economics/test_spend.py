"""What was spent: sums, shares, groups, sessions, the window before."""

import asyncio
import math
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.errors import BadFilterError, BadTimeError, UnknownFactError
from sightline.measure.economics import spend
from sightline.query import Filter, ListQuestion, list_spans
from sightline.store.telemetry.engine import Engine
from tests.measure.economics import world
from tests.measure.economics.conftest import Ask, Put
from tests.measure.economics.world import call, span

pytestmark = pytest.mark.anyio

HOSTILE = ["", "'", "a'b", "\\", "\\n", '"', "é中文🙂", "NaN", "null", "(other)", "a' or 'x' = 'x"]


async def spent(engine: Engine, asked: Any, **said: Any) -> dict[str, Any]:
    return await spend(engine, asked, **({"interval": None, "limit": 20} | said))


async def test_sums_go_over_counted_calls_only(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        span(0, revenue_usd=9.0),
        call(0, 1, parts=(0.10, 0.02, 0.03, 0.05), input_tokens=1000, output_tokens=50, cache_read_tokens=400, reported_cost_usd=0.25),
        # The wrapper repeats its child's usage.
        call(0, 2, parts=(0.10, 0.02, 0.03, 0.05), input_tokens=1000, output_tokens=50, kind="chain", usage_counted=False),
        span(0, 3, kind="tool", cost_usd=0.01, other_cost_usd=0.01),
        span(1),
    )
    total = (await spent(engine, ask()))["total"]
    assert total["cost_usd"] == pytest.approx(0.21)
    parts = [total[f"{part}_usd"] for part in ("uncached_input", "cache_read", "cache_write", "output", "other")]
    assert parts == [pytest.approx(value) for value in (0.10, 0.02, 0.03, 0.05, 0.01)]
    assert (total["requests"], total["calls"], total["priced_calls"], total["priced_share"]) == (1, 2, 2, 1.0)
    assert (total["input_tokens"], total["cache_read_tokens"], total["cache_write_tokens"]) == (1000, 400, None)
    assert total["reported_usd"] == 0.25


async def test_unknown_costs_are_not_zero_and_lower_the_priced_share(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        call(0, parts=(1, 0, 0, 1), input_tokens=1),
        call(1, input_tokens=5),  # no price
        call(2),  # succeeded, says nothing of its usage
        call(3, status="error"),  # failed without usage: nothing to pay, nothing to know
        call(4, reported_cost_usd=math.inf, input_tokens=2, parts=(0, 0, 0, 0)),
    )
    total = (await spent(engine, ask()))["total"]
    assert (total["calls"], total["priced_calls"], total["unpriced_calls"], total["unknown_usage_calls"]) == (5, 2, 1, 1)
    assert total["priced_share"] == 0.5
    assert total["reported_usd"] is None


async def test_an_empty_window_knows_nothing(engine: Engine, ask: Ask) -> None:
    found = await spent(engine, ask("tenant"))
    assert found["total"]["cost_usd"] is None
    assert (found["total"]["calls"], found["total"]["priced_share"], found["per_request"]["n"]) == (0, None, 0)
    assert (found["series"], found["groups"], found["more_groups"]) == ([], [], 0)
    assert found["window"] == {"from": None, "to": None}
    assert found["previous"] is found["previous_total"] is None


async def test_weights_multiply_counts_and_sums(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        *(call(0, part, parts=(1, 0, 0, 0), input_tokens=10, weight=4.0) for part in (1, 2)),
        call(1, parts=(5, 0, 0, 0), input_tokens=10),
    )
    found = await spent(engine, ask())
    # Four requests of 2 and one of 5.
    assert (found["total"]["requests"], found["total"]["calls"], found["total"]["cost_usd"]) == (5, 9, 13)
    assert (found["per_request"]["mean"], found["per_request"]["p50"], found["per_request"]["max"]) == (13 / 5, 2, 5)
    assert found["per_request"]["n"] == 2


async def test_quantiles_of_requests_are_interpolated(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(call(i, parts=(i, 0, 0, 0), session_id=f"s{i // 50}") for i in range(1, 101)))
    found = await spent(engine, ask())
    assert found["per_request"] == {
        "mean": 50.5,
        "p50": 50.5,
        "p95": pytest.approx(95.05),
        "p99": pytest.approx(99.01),
        "max": 100,
        "n": 100,
    }
    # Requests 1–49, 50–99 and 100: 1225, 3725 and 100.
    assert (found["per_session"]["mean"], found["per_session"]["p50"], found["per_session"]["n"]) == (5050 / 3, 1225, 3)


async def test_other_projects_stay_out(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, parts=(1, 0, 0, 0)))
    put(call(1, parts=(100, 0, 0, 0)), other_project="test-somebody-else")
    assert (await spent(engine, ask()))["total"]["cost_usd"] == 1


async def test_groups_are_compared_with_the_window_before(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        call(0, at_s=10, parts=(1, 0, 0, 0), tenant="gone"),
        call(1, at_s=20, parts=(2, 0, 0, 0), tenant="grown"),
        call(2, at_s=70, parts=(6, 0, 0, 0), tenant="grown"),
        call(3, at_s=80, parts=(2, 0, 0, 0), tenant="new"),
        call(4, at_s=130, parts=(99, 0, 0, 0), tenant="later"),
    )
    found = await spent(engine, ask("tenant", from_s=60, to_s=120))
    assert found["previous"] == {"from": "2026-11-01T00:00:00Z", "to": "2026-11-01T00:01:00Z"}
    assert (found["total"]["cost_usd"], found["previous_total"]["cost_usd"]) == (8, 3)
    said = {g["group"][0]: (g["now"]["cost_usd"], g["before"]["cost_usd"], g["change_usd"], g["share"]) for g in found["groups"]}
    assert said == {"grown": (6, 2, 4, 0.75), "new": (2, None, 2, 0.25), "gone": (None, 1, -1, None)}
    assert [g["group"] for g in found["groups"]] == [["grown"], ["new"], ["gone"]]
    assert [g["per_request_usd"] for g in found["groups"]] == [6, 2, None]


async def test_a_window_without_an_end_is_compared_as_far_as_now(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, at_s=10, parts=(1, 0, 0, 0)), call(1, at_s=86_400, parts=(2, 0, 0, 0)))
    found = await spent(engine, ask(from_s=86_400))
    assert found["previous"] == {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"}
    assert (found["total"]["cost_usd"], found["previous_total"]["cost_usd"]) == (2, 1)


async def test_what_the_series_has_no_line_for_is_other(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(call(i, at_s=60 * (i % 2), parts=(i, 0, 0, 0), tenant=f"t{i}") for i in range(1, 5)))
    found = await spent(engine, ask("tenant"), interval="1m", limit=1)
    assert [g["group"] for g in found["groups"]] == [["t4"]]
    assert found["more_groups"] == 3
    assert [(point["time"], point["group"], point["cost_usd"]) for point in found["series"]] == [
        ("2026-11-01T00:00:00Z", ["(other)"], 2),
        ("2026-11-01T00:00:00Z", ["t4"], 4),
        ("2026-11-01T00:01:00Z", ["(other)"], 4),
    ]


@pytest.mark.parametrize("group_by", ["tenant", "attributes['x']", "user_id"])
async def test_a_groups_filter_selects_its_rows_whatever_it_is_called(engine: Engine, put: Put, ask: Ask, group_by: str) -> None:
    def says(text: str) -> dict[str, Any]:
        return {"attr_string": {"x": text}} if group_by.startswith("attr") else {group_by: text}

    put(*(call(i, parts=(i + 1, 0, 0, 0), **says(text)) for i, text in enumerate(HOSTILE)), call(99, parts=(0.5, 0, 0, 0)))
    asked = ask(group_by)
    found = {group["group"][0]: group for group in (await spent(engine, asked))["groups"]}
    assert set(found) == {*HOSTILE, None}
    for i, text in enumerate(HOSTILE):
        page = await list_spans(engine, ListQuestion(asked.scene, Filter.parse(found[text]["filter"])))
        assert [row["cost_usd"] for row in page.rows] == [i + 1]


async def test_an_attribute_may_be_text_number_and_flag(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        call(0, parts=(1, 0, 0, 0), attr_int={"n": 5}),
        call(1, parts=(2, 0, 0, 0), attr_string={"n": "5"}),
        call(2, parts=(4, 0, 0, 0), attr_double={"n": math.nan}),
        call(3, parts=(8, 0, 0, 0), attr_bool={"n": True}),
    )
    asked = ask("attributes['n']", "model")
    found = {group["group"][0]: group for group in (await spent(engine, asked))["groups"]}
    assert {name: group["now"]["cost_usd"] for name, group in found.items()} == {"5": 3, "nan": 4, "true": 8}
    assert found["nan"]["filter"] is None
    for name, cost in (("5", 3), ("true", 8)):
        page = await list_spans(engine, ListQuestion(asked.scene, Filter.parse(found[name]["filter"])))
        assert sum(row["cost_usd"] for row in page.rows) == cost


@pytest.mark.parametrize(
    ("group_by", "said", "interval", "error"),
    [
        (["nope"], "", None, UnknownFactError),
        (["tenant'"], "", None, BadFilterError),
        ([], "nope = 1", None, UnknownFactError),
        ([], "", "1 parsec", BadTimeError),
    ],
)
async def test_a_question_that_can_not_be_is_refused(
    engine: Engine, ask: Ask, group_by: list[str], said: str, interval: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await spent(engine, ask(*group_by, filter=said), interval=interval)


calls = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]),
        st.none() | st.floats(0, 100, allow_nan=False),
        st.sampled_from([1.0, 2.0, 16.0]),
        st.integers(0, 3),
    ),
    max_size=25,
)


@given(drawn=calls)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_groups_sum_to_the_total(engine: Engine, ask: Ask, drawn: list[tuple[str | None, float | None, float, int]]) -> None:
    project = uuid4().hex
    rows = [
        call(
            i,
            tenant=tenant,
            weight=weight,
            input_tokens=10,
            session_id=f"s{session}",
            parts=None if cost is None else (cost, 0, 0, 0),
        )
        for i, (tenant, cost, weight, session) in enumerate(drawn)
    ]
    if rows:
        world.insert(engine.connect(), rows, project=project)
    asked = ask("tenant")
    found = asyncio.run(spent(engine, replace(asked, scene=replace(asked.scene, project=project))))
    for name in ("cost_usd", "calls", "requests", "priced_calls", "unpriced_calls", "input_tokens", "output_usd"):
        parts = [group["now"][name] for group in found["groups"] if group["now"][name] is not None]
        assert sum(parts) == pytest.approx(found["total"][name] or 0)
    assert sum(point["cost_usd"] or 0 for point in found["series"]) == pytest.approx(found["total"]["cost_usd"] or 0)
