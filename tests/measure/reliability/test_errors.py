"""Errors count where they began; silent failures by kind among what could have had them."""

import pytest

from sightline.measure.reliability import errors, silent_failures
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.world import Row, call, span
from tests.measure.reliability.conftest import Ask, Put

pytestmark = pytest.mark.anyio

FAILED: Row = {"status": "error", "error_type": "timeout", "error_origin": True}
BELOW = FAILED | {"error_origin": False}


def request(i: int, *, root: Row | None = None, step: Row | None = None, llm: Row | None = None) -> list[Row]:
    """A root, a step inside it, and a call inside that."""
    inner = f"{1000 * (i + 1) + 1:016x}"
    return [
        span(i, 0, at_s=i, **(root or {})),
        span(i, 1, at_s=i, name="generate", kind="chain", stage="generate", **(step or {})),
        call(i, 2, at_s=i, stage="chat", parent_span_id=inner, **(llm or {})),
    ]


async def test_a_failure_that_travels_up_is_one_error_where_it_began(engine: Engine, put: Put, ask: Ask) -> None:
    put(*request(0, root=BELOW, step=BELOW, llm=FAILED), *request(1, llm=FAILED), *request(2))
    found = await errors(engine, ask("stage"), interval=None, limit=10)
    assert found["total"]["errors"] == 2
    assert found["total"]["traces_with_errors"] == 2
    assert found["total"]["failed_requests"]["of"] == 1
    assert found["total"]["requests"] == 3
    (group,) = found["groups"]
    assert group["group"] == ["chat"]
    assert (group["cases"], group["traces"], group["share"]) == (2, 2, 1)
    assert (group["rate"]["of"], group["rate"]["n"]) == (2, 3)
    assert not group["rate"]["enough"]


async def test_errors_have_no_rate_among_themselves(engine: Engine, put: Put, ask: Ask) -> None:
    put(*request(0, llm=FAILED), *request(1, llm=FAILED | {"error_type": "auth"}))
    found = await errors(engine, ask("error_type"), interval=None, limit=1)
    assert found["groups"][0]["rate"] is None
    assert found["groups"][0]["share"] == 0.5
    assert found["more_groups"] == 1


async def test_messages_that_differ_in_numbers_and_ids_are_one(engine: Engine, put: Put, ask: Ask) -> None:
    said = ["timed out after 31 s (req_0123456789abcdef0123)", "timed out after 7.5 s (req_fedcba98765432100000)", "no route"]
    put(*(row for i, text in enumerate(said) for row in request(i, llm=FAILED | {"status_message": text})))
    found = await errors(engine, ask("error_type"), interval=None, limit=10)
    assert [(message["message"], message["cases"]) for message in found["messages"]] == [
        ("timed out after # s (req_#)", 2),
        ("no route", 1),
    ]


async def test_every_groups_filter_selects_its_cases(engine: Engine, put: Put, ask: Ask) -> None:
    put(*request(0, llm=FAILED | {"tenant": "a"}), *request(1, llm=FAILED | {"tenant": "it's"}), *request(2, llm={"tenant": "a"}))
    found = await errors(engine, ask("tenant"), interval=None, limit=10)
    for group in found["groups"]:
        again = await errors(engine, ask(filter=group["filter"]), interval=None, limit=10)
        assert again["total"]["errors"] == group["cases"]
    for message in found["messages"]:
        again = await errors(engine, ask(filter=message["filter"]), interval=None, limit=10)
        assert again["total"]["errors"] == message["cases"]


async def test_the_series_is_the_errors_over_time(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(row for i in (0, 1, 70) for row in request(i, llm=FAILED)))
    found = await errors(engine, ask("error_type", from_s=0, to_s=120), interval="1m", limit=10)
    assert [(point["time"], point["cases"]) for point in found["series"]] == [("2026-11-01T00:00:00Z", 2), ("2026-11-01T00:01:00Z", 1)]
    assert all(point["group"] == ["timeout"] for point in found["series"])


async def test_sampled_spans_stand_for_others(engine: Engine, put: Put, ask: Ask) -> None:
    put(*(row | {"weight": 4.0} for row in request(0, llm=FAILED)), *(row | {"weight": 4.0} for row in request(1)))
    found = await errors(engine, ask("stage"), interval=None, limit=10)
    assert found["total"]["errors"] == 4
    rate = found["groups"][0]["rate"]
    assert (rate["of"], rate["n"], rate["share"]) == (4, 8, 0.5)
    # two rows were seen, not eight: the interval is that of one in two
    assert rate["interval"] == pytest.approx((0.0945, 0.9055), abs=1e-3)


async def test_silent_failures_are_shares_of_what_could_have_had_them(engine: Engine, put: Put, ask: Ask) -> None:
    tool = {"kind": "tool", "name": "search", "stage": "search"}
    put(
        *request(0, llm={"silent_failure": "refusal"}),
        *request(1),
        *request(2, llm=FAILED),
        span(3, 0, at_s=3),
        span(3, 1, at_s=3, **tool, silent_failure="tool_error_ignored"),
    )
    found = await silent_failures(engine, ask("stage"), interval=None, limit=10)
    kinds = {kind["kind"]: kind for kind in found["kinds"]}
    assert (kinds["refusal"]["cases"], kinds["refusal"]["rate"]["n"]) == (1, 2), "the call that failed openly could not"
    assert (kinds["tool_error_ignored"]["cases"], kinds["tool_error_ignored"]["rate"]["n"]) == (1, 1)
    assert kinds["no_documents"]["rate"]["share"] is None
    assert {tuple(group["group"]) for group in found["groups"]} == {("chat",), ("search",)}
    assert {point["group"][0] for point in found["series"]} == {"refusal", "tool_error_ignored"}
