"""What caches saved, and what writes cost that nobody read."""

from typing import Any

import pytest

from sightline.measure.economics import cache
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.conftest import Ask, Put
from tests.measure.economics.world import HOUR_NS, call, price, put_prices, span

pytestmark = pytest.mark.anyio

MILLION = 1_000_000


async def cached(engine: Engine, asked: Any, **said: Any) -> dict[str, Any]:
    return await cache(engine, asked, **({"interval": None, "lifetime_ns": HOUR_NS, "limit": 20} | said))


async def test_reads_save_the_difference_to_the_uncached_price(engine: Engine, put: Put, ask: Ask) -> None:
    # 600 uncached tokens cost 0.6, so 1,000 tokens cost 1; 400 were read for 0.04.
    put(
        call(0, parts=(0.6, 0.04, 0, 0), input_tokens=1000, cache_read_tokens=400),
        call(1, parts=(1.0, 0, 0, 0), input_tokens=1000, cache_read_tokens=0),
    )
    found = (await cached(engine, ask()))["provider"]
    assert (found["calls"], found["hits"], found["misses"], found["silent_calls"]) == (2, 1, 1, 0)
    assert (found["hit_rate_tokens"], found["hit_rate_requests"]) == (0.2, 0.5)
    assert found["saved_usd"] == pytest.approx(0.4 - 0.04)


async def test_a_call_that_was_read_whole_is_valued_by_the_price_list(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    put_prices(engine, price(f"m-{project}", 2 / MILLION, 8 / MILLION, cache_read_usd=0.5 / MILLION))
    names: dict[str, Any] = {"model": f"m-{project}", "request_model": f"m-{project}"}
    put(call(0, parts=(0, 0.5, 0, 0), input_tokens=MILLION, cache_read_tokens=MILLION, **names))
    found = (await cached(engine, ask()))["provider"]
    assert found["saved_usd"] == pytest.approx(1.5)
    assert "price list for 1 calls" in found["saved_how"]


async def test_reads_that_have_no_rate_of_their_own_save_nothing(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, parts=(1.0, 0, 0, 0), input_tokens=1000, cache_read_tokens=400))
    assert (await cached(engine, ask()))["provider"]["saved_usd"] == 0


async def test_without_prices_the_saving_is_unknown_and_the_rates_are_not(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, input_tokens=100, cache_read_tokens=50), call(1, input_tokens=100), call(2))
    found = (await cached(engine, ask()))["provider"]
    assert (found["saved_usd"], found["hit_rate_tokens"], found["silent_calls"]) == (None, 0.25, 1)


async def test_a_provider_that_never_speaks_of_its_cache_has_no_known_rate(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, input_tokens=100), call(1, input_tokens=100))
    found = (await cached(engine, ask()))["provider"]
    assert (found["hit_rate_tokens"], found["hit_rate_requests"], found["calls"]) == (None, None, 2)


async def test_what_the_applications_cache_answered_never_asked_the_provider(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, input_tokens=100, cache_read_tokens=50), call(1, input_tokens=100, cache_read_tokens=0, served_from_cache=True))
    assert (await cached(engine, ask()))["provider"]["calls"] == 1


async def test_writes_pay_for_themselves_after_so_many_reads(engine: Engine, put: Put, ask: Ask) -> None:
    # Uncached 1 a token, read 0.1, written 1.25: 0.25 more, and 0.9 less for each read.
    put(
        call(0, at_s=0, parts=(100, 0, 1250, 0), input_tokens=1100, cache_write_tokens=1000, cache_read_tokens=0),
        call(1, at_s=9, parts=(100, 100, 0, 0), input_tokens=1100, cache_read_tokens=1000),
    )
    found = (await cached(engine, ask()))["provider"]
    assert (found["cache_write_usd"], found["write_premium_usd"], found["reads_per_write"]) == (1250, 250, 1)
    assert found["break_even_reads"] == pytest.approx(0.25 / 0.9)
    assert found["unread_write_usd"] == 0


@pytest.mark.parametrize(
    ("later", "unread"),
    [
        pytest.param({"at_s": 60, "prompt_name": "p", "cache_read_tokens": 5}, 0, id="read"),
        pytest.param({"at_s": 3_700, "prompt_name": "p", "cache_read_tokens": 5}, 7, id="too late"),
        pytest.param({"at_s": 60, "prompt_name": "q", "cache_read_tokens": 5}, 7, id="another prompt"),
        pytest.param({"at_s": 60, "prompt_name": "p", "cache_read_tokens": 0}, 7, id="read nothing"),
        pytest.param({"at_s": 60, "prompt_name": "p", "cache_read_tokens": 5, "model": "other"}, 7, id="another model"),
        pytest.param({"at_s": 60, "prompt_name": "p", "cache_read_tokens": 5, "tenant": "not asked for"}, 0, id="read by others"),
    ],
)
async def test_writes_that_nobody_read(engine: Engine, put: Put, ask: Ask, later: dict[str, Any], unread: float) -> None:
    put(
        call(0, parts=(1, 0, 7, 0), input_tokens=20, cache_write_tokens=10, prompt_name="p", tenant="t"),
        call(1, input_tokens=20, **({"parts": (1, 0.1, 0, 0)} | later)),
    )
    found = await cached(engine, ask("tenant", filter="tenant = 't'", from_s=-60, to_s=3_600))
    assert found["provider"]["unread_write_usd"] == unread
    assert [group["now"]["unread_write_usd"] for group in found["provider_groups"]] == [unread]


async def test_rates_over_time_and_by_group(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        call(0, at_s=0, parts=(0.5, 0.1, 0, 0), input_tokens=100, cache_read_tokens=50, weight=3.0),
        call(1, at_s=60, parts=(1, 0, 0, 0), input_tokens=100, cache_read_tokens=0, model="other"),
    )
    found = await cached(engine, ask("model", from_s=0, to_s=120), interval="1m")
    assert [(p["time"], p["hit_rate_tokens"], p["saved_usd"]) for p in found["series"]] == [
        ("2026-11-01T00:00:00Z", 0.5, pytest.approx(3 * (0.5 - 0.1))),
        ("2026-11-01T00:01:00Z", 0, None),
    ]
    assert [(g["group"], g["now"]["calls"], g["filter"]) for g in found["provider_groups"]] == [
        (["gpt-4o"], 3, "model = 'gpt-4o'"),
        (["other"], 1, "model = 'other'"),
    ]
    assert found["previous_provider"]["calls"] == 0


async def test_the_applications_cache_by_requests(engine: Engine, put: Put, ask: Ask) -> None:
    put(
        # A task that says when it missed: two looked, one did not; a miss costs 4, a hit 1.
        span(0, task="a", served_from_cache=False),
        call(0, parts=(4, 0, 0, 0), task="a"),
        span(1, task="a", served_from_cache=True),
        call(1, parts=(1, 0, 0, 0), task="a"),
        span(2, task="a"),
        call(2, parts=(100, 0, 0, 0), task="a"),
        # One that only says when it hit: all three looked; without a call a hit costs nothing, the others 6.
        span(3, task="b", served_from_cache=True),
        *(call(i, 1, parts=(6, 0, 0, 0), task="b") for i in (4, 5)),
        # One that has no cache.
        call(6, parts=(50, 0, 0, 0), task="c"),
    )
    found = (await cached(engine, ask()))["application"]
    assert (found["lookups"], found["hits"], found["misses"], found["hit_rate"]) == (5, 2, 3, 0.4)
    assert found["saved_usd"] == 3 + 6
    assert "is taken to have looked" in found["saved_estimate"]


async def test_an_empty_window_knows_nothing(engine: Engine, ask: Ask) -> None:
    found = await cached(engine, ask("model", from_s=0, to_s=60))
    assert (found["provider"]["calls"], found["provider"]["saved_usd"], found["provider"]["hit_rate_tokens"]) == (0, None, None)
    assert (found["application"]["lookups"], found["application"]["hit_rate"], found["application"]["saved_usd"]) == (0, None, None)
    assert found["series"] == found["provider_groups"] == []
