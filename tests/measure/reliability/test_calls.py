"""Availability, tries and fallbacks, broken streams, headroom: of the calls of models."""

from typing import Any

import pytest

from sightline.measure.reliability import availability, retries
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.world import Row, call, span
from tests.measure.reliability.conftest import Ask, Put

pytestmark = pytest.mark.anyio


def failed(type_: str) -> Row:
    return {"status": "error", "error_type": type_, "response_model": None}


def tries(i: int, *made: tuple[str, str | None]) -> list[Row]:
    """A request whose answer took these tries: the model asked for, and what it failed with."""
    rows = [span(i, 0, at_s=10 * i)]
    for number, (model, error) in enumerate(made, start=1):
        more: Row = failed(error) if error else {}
        rows.append(call(i, number, at_s=10 * i + number, stage="generate", **(Row({"model": model, "attempt": number}) | more)))
    return rows


async def test_callers_mistakes_say_nothing_of_the_provider(engine: Engine, put: Put, ask: Ask) -> None:
    types = [None, None, None, "rate_limited", "timeout", "other", "auth", "invalid_request", "cancelled"]
    put(*(call(i, 1, **(failed(type_) if type_ else {})) for i, type_ in enumerate(types)))
    (model,) = (await availability(engine, ask(), interval=None, limit=10))["models"]
    assert (model["provider"], model["model"], model["calls"], model["callers_own"]) == ("openai", "gpt-4o", 9, 3)
    assert (model["available"]["of"], model["available"]["n"]) == (3, 6)
    assert model["failures"] == {"rate_limited": 1, "overloaded": 0, "timeout": 1, "server_error": 0, "other": 1}


async def test_a_failure_belongs_to_the_model_that_was_asked_for(engine: Engine, put: Put, ask: Ask) -> None:
    dated: Row = {"model": "gpt-4o-2026-08-06", "request_model": "gpt-4o", "response_model": "gpt-4o-2026-08-06"}
    put(call(0, 1, **dated), call(1, 1, **failed("overloaded")))
    (model,) = (await availability(engine, ask(), interval=None, limit=10))["models"]
    assert (model["model"], model["calls"], model["available"]["share"]) == ("gpt-4o", 2, 0.5)
    again = await availability(engine, ask(filter=model["filter"]), interval=None, limit=10)
    assert again["models"][0]["calls"] == 2


async def test_availability_over_time(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, 1, at_s=1), call(1, 1, at_s=2, **failed("timeout")), call(2, 1, at_s=61))
    found = await availability(engine, ask(from_s=0, to_s=120), interval="1m", limit=10)
    assert [(point["time"], point["available"]["share"]) for point in found["series"]] == [
        ("2026-11-01T00:00:00Z", 0.5),
        ("2026-11-01T00:01:00Z", 1.0),
    ]


async def test_all_tries_for_one_answer_are_one_call(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        *tries(0, ("a", None)),
        *tries(1, ("a", "timeout"), ("a", None)),
        *tries(2, ("a", "rate_limited"), ("a", "rate_limited"), ("b", None)),
        *tries(3, ("a", "rate_limited"), ("b", "overloaded")),
    )
    found = await retries(engine, ask(), limit=10)
    assert (found["calls"], found["attempts"]) == (4, 8)
    assert found["succeeded"]["of"] == 3
    assert found["attempts_per_success"] == pytest.approx(8 / 3)
    assert (found["retried"]["of"], found["saved_by_retries"]) == (3, 2)
    assert (found["fell_back"]["of"], found["fell_back_well"]) == (2, 1)
    chains = {tuple(chain["models"]): chain for chain in found["chains"]}
    assert set(chains) == {("a",), ("a", "b")}
    assert (chains["a", "b"]["calls"], chains["a", "b"]["succeeded"]["of"], chains["a", "b"]["attempts"]) == (2, 1, 5)
    assert chains["a", "b"]["first_error"] == "rate_limited"
    # tries begin a second apart: waited 1 s, 2 s and 1 s until the last one began
    assert found["waited"]["p50_ns"] == 1_000_000_000
    assert found["waited"]["n"] == 3


async def test_calls_side_by_side_are_no_tries(engine: Engine, put: Put, ask: Ask) -> None:
    put(span(0, 0), *(call(0, part, stage="generate", attempt=1, start_ns=span(0)["start_ns"]) for part in (1, 2, 3)))
    found = await retries(engine, ask(), limit=10)
    assert (found["calls"], found["attempts"], found["retried"]["of"]) == (3, 3, 0)


async def test_streams_that_broke_off(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        call(0, 1, streamed=True),
        call(1, 1, streamed=True, **failed("cancelled")),
        call(2, 1, streamed=True, **failed("server_error")),
        call(3, 1, streamed=False, **failed("timeout")),
    )
    found = await retries(engine, ask(), limit=10)
    assert (found["cancelled_streams"]["of"], found["cancelled_streams"]["n"]) == (1, 3)
    assert found["broken_streams"]["of"] == 1
    assert (found["timeouts"]["of"], found["timeouts"]["n"]) == (1, 4)
    for part in ("cancelled_streams", "broken_streams", "timeouts"):
        again = await retries(engine, ask(filter=found[part]["filter"]), limit=10)
        assert again["attempts"] == found[part]["of"], part


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"attr_other": {"remaining": '["12"]', "limit": '["60"]'}}, id="list"),
        pytest.param({"attr_string": {"remaining": "12", "limit": "60"}}, id="text"),
        pytest.param({"attr_int": {"remaining": 12, "limit": 60}}, id="number"),
    ],
)
@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("x-ratelimit-remaining-requests", "x-ratelimit-limit-requests"), id="openai"),
        pytest.param(("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-limit"), id="anthropic"),
        pytest.param(("x_ratelimit_remaining_requests", "x_ratelimit_limit_requests"), id="older_form"),
    ],
)
async def test_headroom_is_read_from_the_providers_headers(
    engine: Engine, put: Put, ask: Ask, said: dict[str, dict[str, Any]], names: tuple[str, str]
) -> None:
    (column, values), *_ = said.items()
    headers = {f"http.response.header.{name}": values[what] for name, what in zip(names, ("remaining", "limit"), strict=True)}
    put(call(0, 1) | {column: headers})
    (room,) = (await retries(engine, ask(), limit=10))["headroom"]
    assert (room["provider"], room["model"], room["what"]) == ("openai", "gpt-4o", "requests")
    assert (room["remaining"], room["limit"], room["left"], room["least_remaining"]) == (12, 60, 0.2, 12)


async def test_headroom_of_an_http_clients_span_is_its_calls(engine: Engine, put: Put, ask: Ask) -> None:
    headers = {"http.response.header.x-ratelimit-remaining-tokens": '["0"]'}
    http: Row = {"kind": "other", "name": "POST", "stage": "POST", "parent_span_id": f"{1001:016x}", "attr_other": headers}
    put(call(0, 1), span(0, 2, **http))
    (room,) = (await retries(engine, ask(), limit=10))["headroom"]
    assert (room["provider"], room["model"], room["what"], room["remaining"], room["limit"]) == ("openai", "gpt-4o", "tokens", 0, None)
