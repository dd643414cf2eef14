"""What the same calls would have cost, and what has no price at all."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sightline.errors import BadRequestError
from sightline.measure.economics import prices, unpriced, what_if
from sightline.query import Filter, ListQuestion, list_spans
from sightline.store.telemetry.engine import Engine
from tests.measure.economics.conftest import Ask, Put
from tests.measure.economics.test_waste import said
from tests.measure.economics.world import call, price, put_prices

pytestmark = pytest.mark.anyio


async def supposed(engine: Engine, asked: Any, **if_: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"model": "", "provider": "", "caching": False, "service_tier": "", "catalogue": None}
    return await what_if(engine, asked, **(usual | if_))


async def test_another_model_by_the_calls_own_tokens(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    put_prices(
        engine,
        price(f"mini-{project}", 1.0, 10.0, cache_read_usd=0.5, cache_write_usd=2.0, context_tokens=2_000),
        price(f"mini-{project}", 3.0, 10.0, above_tokens=1_500, rank=2, context_tokens=2_000),
        price(f"mini-{project}", 9.0, 9.0, service_tier="batch", rank=3, context_tokens=2_000),
    )
    put(
        call(0, parts=(5, 1, 1, 2), input_tokens=1000, cache_read_tokens=300, cache_write_tokens=100, output_tokens=7),
        call(1, parts=(5, 0, 0, 0), input_tokens=1600, output_tokens=1, weight=2.0),
        call(2, input_tokens=10),  # its own cost is unknown
        call(3, parts=(5, 0, 0, 0), input_tokens=2_001),  # does not fit
        call(4, kind="embedding", parts=(5, 0, 0, 0), input_tokens=10),
    )
    found = await supposed(engine, ask(), model=f"mini-{project}")
    assert found["actual_usd"] == 9 + 2 * 5
    assert found["hypothetical_usd"] == (600 * 1.0 + 300 * 0.5 + 100 * 2.0 + 7 * 10.0) + 2 * (1600 * 3.0 + 10.0)
    assert found["difference_usd"] == found["hypothetical_usd"] - found["actual_usd"]
    assert (found["calls"], found["calls_priced"], found["calls_left_out"]) == (5, 3, 2)
    assert any("1 call is left out on both sides because they do not fit" in text for text in found["assumptions"])
    assert any("1 call is left out on both sides because their actual cost" in text for text in found["assumptions"])
    batch = await supposed(engine, ask(), model=f"mini-{project}", service_tier="batch")
    assert batch["hypothetical_usd"] == (1007 + 2 * 1601) * 9.0


async def test_what_has_a_rate_of_its_own_is_charged_by_it(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    own: dict[str, Any] = {
        "input_audio_usd": 10.0,
        "input_image_usd": 20.0,
        "output_audio_usd": 30.0,
        "output_image_usd": 40.0,
        "reasoning_usd": 5.0,
        "web_search_usd": 100.0,
        "cache_read_usd": 0.5,
    }
    put_prices(engine, price(f"rich-{project}", 1.0, 2.0, **own), price(f"plain-{project}", 1.0, 2.0))
    said: dict[str, Any] = {
        "input_tokens": 100,
        "cache_read_tokens": 40,
        "input_audio_tokens": 10,
        "input_image_tokens": 5,
        "output_tokens": 50,
        "output_audio_tokens": 4,
        "output_image_tokens": 3,
        "reasoning_tokens": 20,
        "web_searches": 2,
    }
    put(call(0, parts=(1, 0, 0, 0), **said))
    found = await supposed(engine, ask(), model=f"rich-{project}")
    read_in = 40 * 0.5 + 10 * 10.0 + 5 * 20.0 + (100 - 40 - 10 - 5) * 1.0
    assert found["hypothetical_usd"] == read_in + 4 * 30.0 + 3 * 40.0 + 20 * 5.0 + (50 - 4 - 3 - 20) * 2.0 + 2 * 100.0
    plain = await supposed(engine, ask(), model=f"plain-{project}")
    assert plain["hypothetical_usd"] == 100 * 1.0 + 50 * 2.0, "without a rate of its own it is part of what it is part of"


async def test_the_own_model_as_a_batch(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    names: dict[str, Any] = {"model": f"m-{project}", "request_model": f"m-{project}"}
    put_prices(engine, price(f"m-{project}", 1.0, 1.0), price(f"m-{project}", 0.5, 0.5, service_tier="batch", rank=2))
    put(call(0, parts=(10, 0, 0, 2), input_tokens=10, output_tokens=2, **names), call(1, parts=(1, 0, 0, 0), input_tokens=1))
    found = await supposed(engine, ask(), service_tier="batch")
    assert (found["actual_usd"], found["hypothetical_usd"], found["calls_left_out"]) == (12, 6, 1)
    assert found["by"][0] == {"model": f"m-{project}", "calls": 1, "actual_usd": 12, "hypothetical_usd": 6}
    assert any("there is no such price" in text for text in found["assumptions"])


async def test_with_caching_what_was_seen_before_is_read(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    names: dict[str, Any] = {"model": f"m-{project}", "request_model": f"m-{project}"}
    put_prices(engine, price(f"m-{project}", 1.0, 0.0, cache_read_usd=0.1))
    content = said("the same words again and again " * 200)
    put(*(call(i, at_s=i, parts=(2000, 0, 0, 0), input_tokens=2000, cache_read_tokens=0, content=content, **names) for i in range(4)))
    found = await supposed(engine, ask(), caching=True)
    # Three of four prompts were seen before, whole: 6,000 tokens at 0.1 instead of 1.
    assert found["actual_usd"] == 8000
    assert found["hypothetical_usd"] == pytest.approx(8000 - 6000 * 0.9)
    assert any(text.startswith("With caching 75.0%") for text in found["assumptions"])


@dataclass
class Rule:
    """As `facts.prices` makes them."""

    rank: int = 0
    service_tier: str = ""
    valid_from: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    valid_to: datetime = datetime(2106, 1, 1, tzinfo=UTC)
    day_from_s: int = 0
    day_to_s: int = 86_400
    above_tokens: int = -1
    input_usd: Decimal | None = Decimal("0.25")
    output_usd: Decimal | None = Decimal("0.5")
    cache_read_usd: Decimal | None = None
    cache_write_usd: Decimal | None = None
    cache_write_1h_usd: Decimal | None = None
    request_usd: Decimal | None = None
    price: str = "somebody/new-model"
    input_audio_usd: Decimal | None = None
    input_image_usd: Decimal | None = None
    output_audio_usd: Decimal | None = None
    output_image_usd: Decimal | None = None
    reasoning_usd: Decimal | None = None
    web_search_usd: Decimal | None = None
    context_tokens: int | None = None


class OneModel:
    """A catalogue of one model."""

    def rules(self, kind: str, provider: str | None, model: str | None, request_model: str | None) -> list[Rule]:
        return [Rule()] if (kind, model) == ("llm", "new-model") else []


async def test_a_model_that_no_span_has_named_is_looked_up(engine: Engine, put: Put, ask: Ask) -> None:
    put(call(0, parts=(1, 0, 0, 0), input_tokens=8, output_tokens=4))
    found = await supposed(engine, ask(), model="new-model", catalogue=OneModel())
    assert found["hypothetical_usd"] == 8 * 0.25 + 4 * 0.5


@pytest.mark.parametrize("if_", [{}, {"model": "nobody's"}, {"model": "new-model", "service_tier": "batch", "catalogue": OneModel()}])
async def test_what_nobody_can_price_is_refused(engine: Engine, ask: Ask, if_: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        await supposed(engine, ask(), **if_)


async def test_an_empty_window_has_nothing_to_suppose(engine: Engine, ask: Ask) -> None:
    found = await supposed(engine, ask(), caching=True)
    assert (found["actual_usd"], found["hypothetical_usd"], found["calls"], found["by"]) == (None, None, 0, [])


async def test_what_has_no_price_is_listed_with_its_volume_and_why(engine: Engine, put: Put, ask: Ask, project: str) -> None:
    put_prices(engine, price(f"late-{project}", 1.0, 1.0), price(f"none-{project}", None, None, price=""))
    late: dict[str, Any] = {"model": f"late-{project}", "request_model": f"late-{project}"}
    none: dict[str, Any] = {"model": f"none-{project}", "request_model": f"none-{project}"}
    put(
        *(call(i, at_s=i, input_tokens=10, output_tokens=2, weight=2.0, **none) for i in range(3)),
        call(4, input_tokens=5, **late),
        call(5, input_tokens=1, model="a'b", request_model="a'b"),
        call(6, model="silent"),
        call(7, model="failed", status="error"),
        call(8, parts=(1, 0, 0, 0), input_tokens=4),
    )
    asked = ask()
    found = await unpriced(engine, asked)
    first = found["models"][0]
    assert (first["model"], first["calls"], first["input_tokens"], first["output_tokens"]) == (f"none-{project}", 6, 60, 12)
    assert (first["first"], first["last"]) == ("2026-11-01T00:00:00Z", "2026-11-01T00:00:02Z")
    whys = {row["model"]: row["why"] for row in found["models"]}
    assert "Neither the catalogue" in whys[f"none-{project}"]
    assert "no price of it held" in whys[f"late-{project}"]
    assert "not been looked up" in whys["a'b"]
    assert [(row["model"], row["calls"]) for row in found["unknown_usage"]] == [("silent", 1)]
    for row, calls in ((found["models"][0], 3), (found["models"][-1], 1), (found["unknown_usage"][0], 1)):
        page = await list_spans(engine, ListQuestion(asked.scene, Filter.parse(row["filter"])))
        assert len(page.rows) == calls


async def test_prices_are_shown_per_million_tokens(engine: Engine, project: str) -> None:
    put_prices(engine, price(f"m-{project}", 2.5e-6, 1e-5, above_tokens=200_000, web_search_usd=0.01))
    (found,) = (await prices(engine, search=project.upper()))["prices"]
    assert (found["input"], found["output"], found["cache_read"], found["web_search"]) == (2.5, 10, None, 0.01)
    assert (found["above_tokens"], found["valid_from"], found["valid_to"], found["service_tier"]) == (200_000, None, None, None)
    assert (await prices(engine, search="nothing like it"))["prices"] == []
