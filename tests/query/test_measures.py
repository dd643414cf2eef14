"""Measures by groups, against the world's arithmetic."""

import math
import statistics
from typing import Any

import pytest

from sightline.errors import BadRequestError, QueryTooLargeError, UnknownFactError
from sightline.query import Filter, Question, Scene, Window, ask
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.query.world import MINUTE_NS, REQUESTS, SECOND_NS, T0_NS

pytestmark = pytest.mark.anyio

ALL = range(REQUESTS)
EVERYTHING = Scene("default", Window(), T0_NS)


async def rows(engine: Engine, *measures: str, filter: str = "", scene: Scene = EVERYTHING, **said: Any) -> list[dict[str, Any]]:  # noqa: A002
    return (await ask(engine, Question(scene, measures, filter=Filter.parse(filter), **said))).rows


# measure, filter → the number
NUMBERS: list[tuple[str, str, float | None]] = [
    ("count", "", 180),
    ("count", "kind = llm", 60),
    ("count(kind = llm and model = 'gpt-4o')", "", 30),
    ("error_rate", "kind = request", 6 / 60),
    ("error_rate", "", 6 / 180),
    ("share(status = error)", "", 6 / 180),
    ("share(model = 'gpt-4o', kind = llm)", "", 30 / 60),
    # 3, 7, … 59: no price is no zero.
    ("share(cost_usd is null, kind = llm)", "", 15 / 60),
    ("sum(input_tokens)", "", sum(100 + i for i in ALL)),
    ("sum(cost_usd)", "", sum(i for i in ALL if i % 4 != 3) / 100),
    ("avg(cost_usd)", "", statistics.mean(i / 100 for i in ALL if i % 4 != 3)),
    ("min(duration_ms)", "kind = llm", 10),
    ("max(duration_s)", "", 60),
    ("avg(ttft_ms)", "", statistics.mean(i + 1 for i in ALL)),
    ("avg(ttft_ns)", "", statistics.mean((i + 1) * 10**6 for i in ALL)),
    # 60 values 10, 20 … 600: the p-th is 10 + 590 p, by linear interpolation.
    ("p50(duration_ms)", "kind = llm", 305),
    ("p95(duration_ms)", "kind = llm", 570.5),
    ("p99.9(duration_ms)", "kind = llm", 599.41),
    ("p0(duration_ms)", "kind = llm", 10),
    ("p100(duration_ms)", "kind = llm", 600),
    ("uniq(user_id)", "", 7),
    ("uniq(model)", "", 2),
    ("uniq(attributes['tier'])", "", 2),
    ("sum(attributes['n'])", "", sum(ALL)),
    ("max(attributes['ratio'])", "", 59 / 4),
    ("avg(resource['cores'])", "", 1.5),
    ("sum(attributes['tier'])", "", None),
    ("p95(cost_usd)", "kind = tool", None),
    ("avg(cost_usd)", "name = 'nothing'", None),
    ("error_rate", "name = 'nothing'", None),
    ("count", "name = 'nothing'", 0),
]


@pytest.mark.parametrize(("measure", "matching", "expected"), NUMBERS)
async def test_a_measure_of_spans(engine: Engine, measure: str, matching: str, expected: float | None) -> None:
    (row,) = await rows(engine, measure, filter=matching)
    assert row == {measure: expected if expected is None else pytest.approx(expected, rel=1e-12)}


@pytest.mark.parametrize(
    ("measure", "of", "expected"),
    [
        ("count", "traces", 60),
        ("sum(cost_usd)", "traces", sum(i for i in ALL if i % 4 != 3) / 100),
        ("p50(duration_s)", "traces", 30.5),
        ("error_rate", "traces", 0.1),
        ("avg(span_count)", "traces", 3),
        ("share(model = 'gpt-4o')", "traces", 0.5),
        ("count(root.attributes['tier'] = 'gold')", "traces", 20),
        ("max(attributes['n'])", "traces", 59),
        ("count", "sessions", 10),
        ("avg(trace_count)", "sessions", 6),
        # Requests 9, 19 … 59 fail: one in each of the sessions 1, 3, 4, 6, 8, 9.
        ("error_rate", "sessions", 0.6),
        ("sum(input_tokens)", "sessions", sum(100 + i for i in ALL)),
        # The last request of session k begins five minutes after its first and lasts 6 k + 6 s.
        ("max(duration_s)", "sessions", 5 * 60 + 60),
    ],
)
async def test_a_measure_of_traces_and_sessions(engine: Engine, measure: str, of: Any, expected: float) -> None:
    (row,) = await rows(engine, measure, of=of)
    assert row[measure] == pytest.approx(expected)


async def test_groups_are_keyed_by_what_was_asked_for(engine: Engine) -> None:
    found = await rows(engine, "count", "sum(input_tokens)", group_by=["model"], filter="kind = llm", order="model")
    even, odd = range(0, 60, 2), range(1, 60, 2)
    assert found == [
        {"model": "claude", "count": 30, "sum(input_tokens)": sum(100 + i for i in odd)},
        {"model": "gpt-4o", "count": 30, "sum(input_tokens)": sum(100 + i for i in even)},
    ]


async def test_the_unknown_is_a_group_of_its_own(engine: Engine) -> None:
    found = await rows(engine, "count", group_by=["model"])
    assert found == [{"model": None, "count": 120}, {"model": "claude", "count": 30}, {"model": "gpt-4o", "count": 30}]


async def test_attributes_group_as_text(engine: Engine) -> None:
    found = await rows(
        engine, "count", group_by=["attributes['flag']", "resource['host']"], filter="kind = request", order="resource['host']"
    )
    assert found == [
        {"attributes['flag']": "true", "resource['host']": "h0", "count": 30},
        {"attributes['flag']": "false", "resource['host']": "h1", "count": 30},
    ]


@pytest.mark.parametrize("key", ["attributes['tier']", "root.attributes['tier']"])
async def test_traces_group_by_what_their_root_says(engine: Engine, key: str) -> None:
    assert await rows(engine, "count", of="traces", group_by=[key]) == [{key: "free", "count": 40}, {key: "gold", "count": 20}]


async def test_intervals_stand_under_time(engine: Engine) -> None:
    scene = Scene("default", Window(T0_NS + 10 * MINUTE_NS, T0_NS + 30 * MINUTE_NS), T0_NS)
    found = await rows(engine, "count", interval="10m", filter="kind = llm", scene=scene)
    assert found == [{"time": "2026-11-01T00:10:00Z", "count": 10}, {"time": "2026-11-01T00:20:00Z", "count": 10}]


async def test_an_order_and_a_limit_take_the_top(engine: Engine) -> None:
    found = await rows(engine, "max(duration_s)", group_by=["user_id"], order="-max(duration_s)", limit=2)
    # The longest requests are 59 and 58: users 59 % 7 = 3 and 58 % 7 = 2.
    assert found == [{"user_id": "u3", "max(duration_s)": 60}, {"user_id": "u2", "max(duration_s)": 59}]


async def test_times_can_be_measured_and_grouped_by(engine: Engine) -> None:
    assert await rows(engine, "min(start)", "max(start)", filter="kind = request") == [
        {"min(start)": "2026-11-01T00:00:00Z", "max(start)": "2026-11-01T00:59:00Z"}
    ]


async def test_columns_state_type_and_unit(engine: Engine) -> None:
    answer = await ask(
        engine, Question(EVERYTHING, ["count", "p95(duration_ms)", "sum(cost_usd)", "avg(input_tokens)"], group_by=["model"])
    )
    assert [(column.name, column.type, column.unit) for column in answer.columns] == [
        ("model", "string", None),
        ("count", "integer", None),
        ("p95(duration_ms)", "number", "ms"),
        ("sum(cost_usd)", "number", "USD"),
        ("avg(input_tokens)", "number", "tokens"),
    ]


async def test_a_long_period_is_never_too_large_but_fifty_thousand_cells_are(engine: Engine) -> None:
    century = Scene("default", Window(0, 4_000_000_000 * SECOND_NS), T0_NS)
    assert len(await rows(engine, "count", interval="1s", filter="kind = request", scene=century)) == REQUESTS
    base = {"name": "x", "kind": "other", "stage": "x"}
    many = [base | {"trace_id": f"{k:032x}", "span_id": f"{k:016x}", "start_ns": T0_NS + k} for k in range(25_001)]
    world.insert_spans(engine.connect(), many, project="many")
    with pytest.raises(QueryTooLargeError, match="25,000 rows"):
        await rows(engine, "count", group_by=["span_id"], scene=Scene("many", Window(), T0_NS))
    assert len(await rows(engine, "count", group_by=["span_id"], limit=25_000, scene=Scene("many", Window(), T0_NS))) == 25_000


async def test_a_span_counts_for_those_that_sampling_left_out(engine: Engine) -> None:
    base = {"name": "x", "kind": "llm", "stage": "x"}
    spans = [
        base
        | {
            "trace_id": f"{k:032x}",
            "span_id": f"{k:016x}",
            "start_ns": T0_NS + k,
            "duration_ns": duration,
            "weight": weight,
            "status": status,
        }
        for k, (duration, weight, status) in enumerate([(100, 1.0, "ok"), (200, 8.0, "error"), (900, 1.0, "ok")])
    ]
    world.insert_spans(engine.connect(), spans, project="sampled")
    scene = Scene("sampled", Window(), T0_NS)
    (row,) = await rows(
        engine, "count", "error_rate", "sum(duration_ns)", "avg(duration_ns)", "p50(duration_ns)", "share(duration_ns > 150)", scene=scene
    )
    assert row == {
        "count": 10,
        "error_rate": 0.8,
        "sum(duration_ns)": 100 + 8 * 200 + 900,
        "avg(duration_ns)": 260,
        "p50(duration_ns)": 200,
        "share(duration_ns > 150)": 0.9,
    }


async def test_a_wrapper_that_repeats_its_childs_usage_is_not_summed(engine: Engine) -> None:
    base = {"trace_id": "12" * 16, "name": "x", "kind": "llm", "stage": "x", "start_ns": T0_NS, "input_tokens": 10, "cost_usd": 0.5}
    spans = [base | {"span_id": "01" * 8, "usage_counted": False}, base | {"span_id": "02" * 8, "parent_span_id": "01" * 8}]
    world.insert_spans(engine.connect(), spans, project="wrapped")
    scene = Scene("wrapped", Window(), T0_NS)
    assert await rows(engine, "sum(input_tokens)", "sum(cost_usd)", "avg(input_tokens)", scene=scene) == [
        {"sum(input_tokens)": 10, "sum(cost_usd)": 0.5, "avg(input_tokens)": 10}
    ]


async def test_huge_and_impossible_numbers_neither_wrap_nor_spoil_a_sum(engine: Engine) -> None:
    base = {"name": "x", "kind": "llm", "stage": "x", "start_ns": T0_NS, "input_tokens": 2**63}
    spans = [base | {"trace_id": f"{k:032x}", "span_id": f"{k:016x}", "cost_usd": cost} for k, cost in enumerate([1.0, math.nan, math.inf])]
    world.insert_spans(engine.connect(), spans, project="huge")
    assert await rows(engine, "sum(input_tokens)", "sum(cost_usd)", "max(cost_usd)", scene=Scene("huge", Window(), T0_NS)) == [
        {"sum(input_tokens)": 3 * 2**63, "sum(cost_usd)": 1, "max(cost_usd)": 1}
    ]


@pytest.mark.parametrize(
    ("question", "error", "says"),
    [
        ({"measures": ["p95"]}, BadRequestError, "p95"),
        ({"measures": ["median(duration_ms)"]}, BadRequestError, "Unknown measure 'median'"),
        ({"measures": ["p101(duration_ms)"]}, BadRequestError, "p0 to p100"),
        ({"measures": ["sum(model)"]}, BadRequestError, "uniq(model)"),
        ({"measures": ["sum(start)"]}, BadRequestError, "only min and max"),
        ({"measures": ["sum(durtion_ms)"]}, UnknownFactError, "'duration_ms'"),
        ({"measures": ["count"], "group_by": ["modle"]}, UnknownFactError, "'model'"),
        ({"measures": ["count"], "group_by": ["count"]}, UnknownFactError, "'count'"),
        ({"measures": ["count"], "group_by": ["root.task"]}, BadRequestError, "ask it of traces"),
        ({"measures": ["count"], "group_by": ["models"], "of": "traces"}, BadRequestError, "group spans by model"),
        ({"measures": ["count"], "group_by": ["attributes['x']"], "of": "sessions"}, BadRequestError, "spans or traces"),
        ({"measures": ["avg(trace.scores['x'])"]}, BadRequestError, "filtered by"),
        ({"measures": ["avg(score.x.label)"]}, BadRequestError, "is a word"),
        ({"measures": ["avg(score.x)"], "of": "scores"}, BadRequestError, "measure value"),
        ({"measures": ["error_rate"], "of": "scores"}, BadRequestError, "share(value = 0)"),
        ({"measures": ["count"], "order": "-cuont"}, BadRequestError, "it has count"),
        ({"measures": ["count"], "interval": "5 parsecs"}, BadRequestError, "10s, 5m, 1h"),
        ({"measures": ["share(status = errr)"]}, BadRequestError, "did you mean error"),
    ],
)
async def test_a_question_that_cannot_be_says_what_would_be_right(
    engine: Engine, question: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error) as raised:
        await ask(engine, Question(EVERYTHING, **question))
    assert says in str(raised.value)
