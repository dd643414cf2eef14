"""What requests earned and cost, who is unprofitable, and what goes together with it."""

import math

import pytest

from sightline.errors import BadRequestError
from sightline.measure.economics import margin, why
from sightline.query import Filter, ListQuestion, list_spans
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.conftest import Ask, Put
from tests.measure.economics.world import call, span

pytestmark = pytest.mark.anyio


async def test_a_margin_needs_revenue_and_cost(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        span(0, revenue_usd=10.0),
        call(0, parts=(4, 0, 0, 0)),
        span(1, revenue_usd=1.0),
        call(1, parts=(3, 0, 0, 0)),
        span(2),  # nobody says what it earned
        call(2, parts=(5, 0, 0, 0)),
        span(3, revenue_usd=7.0),  # earned, and its one call has no price
        call(3, input_tokens=10),
        span(4, revenue_usd=2.0),  # made no call: cost nothing
        span(5, revenue_usd=math.nan),
    )
    found = (await margin(engine, ask(), limit=20))["total"]
    assert (found["requests"], found["requests_with_revenue"], found["unprofitable_requests"]) == (6, 4, 1)
    assert (found["revenue_usd"], found["cost_usd"]) == (20, 12)
    # 10 - 4, 1 - 3, 2 - 0, of revenues 13.
    assert (found["margin_usd"], found["margin_rate"], found["priced_share"]) == (6, pytest.approx(6 / 13), 0.75)


async def test_the_worst_margin_comes_first(engine: Engine, put: Put, ask: Ask) -> None:
    for i, (tenant, revenue, cost) in enumerate([("a", 5.0, 1.0), ("b", 1.0, 9.0), (None, 3.0, 3.0), ("c", None, 50.0)]):
        put(span(i, tenant=tenant, revenue_usd=revenue, at_s=70), call(i, tenant=tenant, parts=(cost, 0, 0, 0), at_s=71))
    found = await margin(engine, ask("tenant", from_s=60, to_s=120), limit=20)
    assert [(g["group"][0], g["now"]["margin_usd"]) for g in found["groups"]] == [("b", -8), (None, 0), ("a", 4), ("c", None)]
    assert [g["filter"] for g in found["groups"]][:2] == ["tenant = 'b'", "tenant is null"]
    assert found["previous_total"]["requests"] == 0


async def test_a_request_belongs_to_its_root_else_to_its_dearest_call(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        span(0, revenue_usd=10.0),
        call(0, 1, parts=(4, 0, 0, 0), model="dear"),
        call(0, 2, parts=(1, 0, 0, 0), model="cheap"),
        span(1, revenue_usd=3.0, model="said by the root"),
        call(1, 1, parts=(1, 0, 0, 0), model="dear"),
    )
    found = await margin(engine, ask("model"), limit=20)
    assert {g["group"][0]: g["now"]["margin_usd"] for g in found["groups"]} == {"dear": 5, "said by the root": 2}


async def test_the_filter_selects_requests_and_weights_count(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        span(0, revenue_usd=10.0, weight=2.0),
        call(0, 1, parts=(4, 0, 0, 0), model="m", weight=2.0),
        call(0, 2, parts=(1, 0, 0, 0), model="n", weight=2.0),
        span(1, revenue_usd=3.0),
        call(1, parts=(1, 0, 0, 0), model="n"),
    )
    found = (await margin(engine, ask(filter="model = 'm'"), limit=20))["total"]
    assert (found["requests"], found["revenue_usd"], found["cost_usd"], found["margin_usd"]) == (2, 20, 10, 10)


async def test_why_a_group_costs_more(engine: Engine, put: Put, ask: Ask) -> None:
    who = "Enterprise 'Ltd'"
    for i in range(4):
        put(span(i, tenant=who, revenue_usd=1.0), *(call(i, part, tenant=who, parts=(1, 0, 0, 0), input_tokens=100) for part in (1, 2, 3)))
        put(span(10 + i, tenant="b", revenue_usd=2.0), call(10 + i, 1, tenant="b", parts=(1, 0, 0, 0), input_tokens=100))
    asked = ask("tenant")
    found = await why(engine, asked, who)
    assert (found["requests"], found["cost_per_request_usd"], found["others_cost_per_request_usd"]) == (4, 3, 1)
    assert (found["revenue_per_request_usd"], found["others_revenue_per_request_usd"]) == (1, 2)
    (first,) = found["drivers"]  # one stage, one model: one thing to say
    assert (first["fact"], first["same_calls"]) == ("stage and model", ["model gpt-4o", "stage generate"])
    assert first["sentence"] == "Enterprise 'Ltd''s requests make 3 calls to gpt-4o in \"generate\" where others make 1."
    assert (first["excess_usd"], first["calls_per_request"], first["others_calls_per_request"], first["share"]) == (8, 3, 1, 1)
    assert len(first["trace_ids"]) == 4
    page = await list_spans(engine, ListQuestion(asked.scene, Filter.parse(first["filter"])))
    assert len(page.rows) == 12
    assert not any("cause" in driver["sentence"] for driver in found["drivers"])


@pytest.mark.parametrize(
    ("mine", "sentence"),
    [
        pytest.param(
            {"input_tokens": 400},
            'a\'s requests carry 400 tokens in each call to gpt-4o in "generate" where others carry 100.',
            id="tokens",
        ),
        pytest.param(
            {"parts": (3, 0, 0, 0)},
            'a\'s requests pay 3e+04 USD per million tokens to gpt-4o in "generate" where others pay 1e+04 USD.',
            id="price",
        ),
        pytest.param({"model": "gpt-5"}, 'a\'s requests make 1 call to gpt-5 in "generate"; the others make none.', id="alone"),
    ],
)
async def test_the_sentence_names_what_differs_most(engine: Engine, put: Put, ask: Ask, mine: dict[str, object], sentence: str) -> None:
    common: dict[str, object] = {"parts": (1, 0, 0, 0), "input_tokens": 100}
    put(call(0, tenant="a", **(common | mine)), call(1, tenant="b", **common))  # type: ignore[arg-type]
    found = await why(engine, ask("tenant"), "a")
    assert [d["sentence"] for d in found["drivers"] if d["fact"] == "stage and model"] == [sentence]


async def test_what_tells_of_the_same_money_is_said_once(engine: Engine, put: Put, ask: Ask) -> None:
    common: dict[str, object] = {"feature": "chat", "task": "support", "input_tokens": 100}
    answered = common | {"finish_reason": "stop", "prompt_name": "answer", "prompt_version": "7"}
    for i in range(3):
        put(
            call(i, 1, tenant="a", parts=(96, 0, 0, 0), **answered),  # type: ignore[arg-type]
            call(i, 2, tenant="a", parts=(2, 0, 0, 0), model="text-embedding-3-small", kind="embedding", stage="embed", **common),  # type: ignore[arg-type]
            call(i, 3, tenant="a", parts=(2, 0, 0, 0), stage="route", finish_reason="stop", **common),  # type: ignore[arg-type]
            call(10 + i, 1, tenant="b", parts=(1, 0, 0, 0), **answered),  # type: ignore[arg-type]
        )
    found = (await why(engine, ask("tenant"), "a"))["drivers"]
    # 96 of 100 is nearly all, and 2 of 100 nearly nothing: the dear stage speaks for whatever holds nearly the same money
    assert [(driver["fact"], driver["value"]) for driver in found] == [
        ("stage and model", "generate, gpt-4o"),
        ("stage and model", "embed, text-embedding-3-small"),
        ("stage and model", "route, gpt-4o"),
    ]
    assert sorted(found[0]["same_calls"]) == [
        *("feature chat", "finish_reason stop", "model gpt-4o", "prompt_name answer", "prompt_version 7", "stage generate", "task support"),
    ]
    assert [driver["excess_usd"] for driver in found] == [285, 6, 6]


async def test_what_tells_of_other_money_is_said_too(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        call(0, 1, tenant="a", parts=(94, 0, 0, 0), stage="generate", finish_reason="stop"),
        call(0, 2, tenant="a", parts=(6, 0, 0, 0), stage="route", finish_reason="stop"),
        call(1, 1, tenant="b", parts=(1, 0, 0, 0), stage="generate", finish_reason="stop"),
    )
    found = (await why(engine, ask("tenant"), "a"))["drivers"]
    # the reason and the model are those of 100, the stage that of 94 of them
    assert [(d["fact"], d["excess_usd"], d["same_calls"]) for d in found] == [
        ("model", 99, ["finish_reason stop"]),
        ("stage and model", 93, ["stage generate"]),
        ("stage and model", 6, ["stage route"]),
    ]


async def test_a_group_without_requests_has_no_drivers(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, tenant="b", parts=(1, 0, 0, 0)))
    found = await why(engine, ask("tenant"), "nobody")
    assert (found["requests"], found["drivers"], found["others_cost_per_request_usd"]) == (0, [], 1)
    with pytest.raises(BadRequestError):
        await why(engine, ask("tenant", "model"), "nobody")


async def test_the_group_that_is_unknown_can_be_explained_too(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, parts=(3, 0, 0, 0), input_tokens=1), call(1, tenant="b", parts=(1, 0, 0, 0), input_tokens=1))
    found = await why(engine, ask("tenant"), None)
    assert (found["group"], found["requests"], found["cost_per_request_usd"]) == ([None], 1, 3)
    assert all(driver["filter"].startswith("(tenant is null) and ") for driver in found["drivers"])
