"""One arithmetic: ours and the library's agree on every model; parts sum up; what contradicts itself has no cost."""

import random
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from genai_prices.types import ModelPrice, StartDateConstraint, TieredPrices, TimeOfDateConstraint
from genai_prices.types import Usage as LibraryUsage
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.facts.prices import PRICE_COLUMNS, Catalogue, Entry, Parts, PriceRule, Usage, cost, cost_by
from sightline.facts.prices.catalogue import rules_of
from sightline.facts.prices.rules import UNITS, price_context, ranked, stated_prices, with_prices

AT = datetime(2026, 11, 20, tzinfo=UTC)
EXACT = Decimal("1e-15")
TIERS = ("", "batch", "flex", "priority", "fast", "default", "standard")
KINDS = {name: name for name in asdict(Usage()) if name != "seconds"} | {"reasoning_tokens": "output_reasoning_tokens"}


def coherent(whole_in: int, whole_out: int, shares: list[float], searches: int) -> Usage:
    """A usage whose parts fit into their wholes, none of them twice."""
    cuts = [round(whole_in * share) for share in sorted(shares[:4])]
    read, write, audio, image = (b - a for a, b in pairwise([0, *cuts]))
    outs = [round(whole_out * share) for share in sorted(shares[4:7])]
    spoken, drawn, thought = (b - a for a, b in pairwise([0, *outs]))
    return Usage(
        input_tokens=whole_in,
        output_tokens=whole_out,
        cache_read_tokens=read,
        cache_write_tokens=write,
        cache_write_1h_tokens=round(write * shares[7]),
        input_audio_tokens=audio,
        input_image_tokens=image,
        output_audio_tokens=spoken,
        output_image_tokens=drawn,
        reasoning_tokens=thought,
        web_searches=searches,
    )


def library_usage(usage: Usage) -> LibraryUsage:
    said = {theirs: getattr(usage, ours) for ours, theirs in KINDS.items()}
    return LibraryUsage(**said, cache_audio_read_tokens=0, cache_image_read_tokens=0)


def agree(entry: Entry, rules: list[PriceRule], usage: Usage, at: datetime, tier: str) -> None:
    theirs = entry.model.calc_price(library_usage(usage), entry.provider, genai_request_timestamp=at, price_context=price_context(tier))
    ours = cost(rules, usage, at, tier)
    where = (entry.provider.id, entry.model.id, usage, at, tier)
    if ours is None:
        priced = stated_prices(theirs.model_price).keys() & UNITS.keys()
        assert not priced, where
        assert theirs.total_price == 0, where  # the library's zero for what has no price: ours is unknown
        return
    assert abs(ours.total - theirs.total_price) < EXACT, where
    assert abs(ours.input_usd + ours.cache_read_usd + ours.cache_write_usd - theirs.input_price) < EXACT, where
    assert abs(ours.output_usd - theirs.output_price) < EXACT, where


def entries(catalogue: Catalogue) -> list[Entry]:
    return [Entry(provider, model) for provider in catalogue.providers for model in provider.models]


def listed_prices(entry: Entry) -> list[ModelPrice]:
    prices = [entry.model.prices] if isinstance(entry.model.prices, ModelPrice) else [one.prices for one in entry.model.prices]
    return prices + [one.prices for one in entry.model.price_variants or []]


def moments(entry: Entry) -> list[datetime]:
    """Every edge of a model's prices and the second before it."""
    conditions = [] if isinstance(entry.model.prices, ModelPrice) else [one.constraint for one in entry.model.prices]
    conditions += [one.constraint for one in entry.model.price_variants or []]
    days = {one.start_date for one in conditions if isinstance(one, StartDateConstraint)}
    edges = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days]
    if any(isinstance(one, TimeOfDateConstraint) for one in conditions):
        edges += [day + timedelta(minutes=at) for day in [*edges, AT] for at in (30, 60, 240, 360, 600, 990)]
    return [edge + timedelta(seconds=by) for edge in edges for by in (-1, 0)] + [AT]


def sizes(entry: Entry) -> list[int]:
    """Inputs on both sides of every tier."""
    tiered = (price for one in listed_prices(entry) for price in stated_prices(one).values() if isinstance(price, TieredPrices))
    return [edge + by for edge in sorted({tier.start for price in tiered for tier in price.tiers}) for by in (0, 1)] + [0, 1000]


def test_it_is_the_librarys_on_every_model_at_every_edge(catalogue: Catalogue) -> None:
    chance = random.Random(4)
    compared = 0
    for entry in entries(catalogue):
        rules = ranked([rules_of(entry)])
        tiers = TIERS if entry.model.price_variants else ("", "batch")
        times = moments(entry)
        for size in sizes(entry):
            usage = coherent(size, chance.randrange(5000), [chance.random() for _ in range(8)], chance.randrange(4))
            for tier in tiers:
                for at in times:
                    agree(entry, rules, usage, at, tier)
                    compared += 1
    print(f"\n{compared:,} comparisons over {len(entries(catalogue)):,} models")
    assert compared > 10_000


shares = st.lists(st.floats(0, 1), min_size=8, max_size=8)
usages = st.builds(coherent, st.integers(0, 2_000_000), st.integers(0, 200_000), shares, st.integers(0, 5))


@settings(max_examples=400, deadline=None)
@given(data=st.data(), usage=usages, tier=st.sampled_from(TIERS), at=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))
def test_it_is_the_librarys_for_any_usage_at_any_time(
    catalogue: Catalogue, data: st.DataObject, usage: Usage, tier: str, at: datetime
) -> None:
    entry = data.draw(st.sampled_from(entries(catalogue)))
    agree(entry, ranked([rules_of(entry)]), usage, at.replace(tzinfo=UTC), tier)


prices = st.one_of(st.none(), st.decimals(0, "0.001", allow_nan=False, allow_infinity=False, places=12))
OPTIONAL = dict.fromkeys((column for column in PRICE_COLUMNS if column not in ("input_usd", "second_usd")), prices)
rules_like = st.fixed_dictionaries(OPTIONAL | {"input_usd": prices.filter(lambda price: price is not None)}).map(
    lambda said: with_prices(PriceRule(), said)
)


@given(rule=rules_like, usage=usages)
def test_parts_sum_to_the_total_and_none_is_negative(rule: PriceRule, usage: Usage) -> None:
    parts = cost_by(rule, usage)
    assert parts is not None
    values = [parts.input_usd, parts.cache_read_usd, parts.cache_write_usd, parts.output_usd, parts.other_usd]
    assert sum(values) == parts.total
    assert min(values) >= 0


@given(rule=rules_like, usage=usages, more=st.integers(1, 1000), what=st.sampled_from(["input_tokens", "output_tokens", "web_searches"]))
def test_more_of_anything_never_costs_less_by_one_rule(rule: PriceRule, usage: Usage, more: int, what: str) -> None:
    before, after = cost_by(rule, usage), cost_by(rule, replace(usage, **{what: getattr(usage, what) + more}))
    assert before is not None
    assert after is not None
    assert after.total >= before.total


RULE = PriceRule(
    input_usd=Decimal(2),
    output_usd=Decimal(10),
    cache_read_usd=Decimal(1),
    cache_write_usd=Decimal(3),
    cache_write_1h_usd=Decimal(4),
)


def parts_of(*, uncached: int, read: int = 0, write: int = 0, out: int = 0) -> Parts:
    return Parts(Decimal(uncached), Decimal(read), Decimal(write), Decimal(out), Decimal(0))


@pytest.mark.parametrize(
    ("usage", "parts"),
    [
        pytest.param(Usage(input_tokens=100, output_tokens=5), parts_of(uncached=200, out=50), id="plain"),
        pytest.param(
            Usage(input_tokens=100, output_tokens=5, cache_read_tokens=30, cache_write_tokens=20, cache_write_1h_tokens=5),
            parts_of(uncached=2 * 50, read=30, write=3 * 15 + 4 * 5, out=50),
            id="cache_is_within_input",
        ),
        pytest.param(
            Usage(input_tokens=100, output_tokens=50, reasoning_tokens=40, input_audio_tokens=60),
            parts_of(uncached=200, out=500),
            id="a_kind_without_a_price_has_its_wholes",
        ),
        pytest.param(Usage(input_tokens=100), parts_of(uncached=200), id="input_alone"),
        pytest.param(Usage(input_tokens=100, cache_write_1h_tokens=10), parts_of(uncached=180, write=40), id="kept_is_written"),
        pytest.param(Usage(), None, id="unknown_usage"),
        pytest.param(Usage(input_tokens=63, output_tokens=1, cache_read_tokens=1024), None, id="more_read_than_sent"),
        pytest.param(Usage(input_tokens=63, cache_write_tokens=5, cache_write_1h_tokens=6), None, id="more_kept_than_written"),
    ],
)
def test_what_a_call_costs(usage: Usage, parts: Parts | None) -> None:
    assert cost_by(RULE, usage) == parts


def test_audio_that_was_cached_is_charged_once() -> None:
    rule = PriceRule(input_usd=Decimal(1), cache_read_usd=Decimal("0.5"), input_audio_usd=Decimal(3))
    parts = cost_by(rule, Usage(input_tokens=100, cache_read_tokens=80, input_audio_tokens=90))
    assert parts == parts_of(uncached=60, read=40)  # 80 cached, 20 audio


def test_time_and_searches_are_other_costs() -> None:
    rule = PriceRule(request_usd=Decimal(1), web_search_usd=Decimal(2), second_usd=Decimal(3))
    parts = cost_by(rule, Usage(web_searches=4, seconds=Decimal(5)))
    assert parts is not None
    assert parts.other_usd == parts.total == 24
    assert cost_by(rule, Usage(web_searches=4)) is None  # priced by time, and nobody knows how long


def test_what_is_cached_at_the_rate_of_input_is_still_the_caches_part() -> None:
    rule = PriceRule(input_usd=Decimal(2))
    usage = Usage(input_tokens=100, cache_read_tokens=70, cache_write_tokens=20)
    assert cost_by(rule, usage) == parts_of(uncached=20, read=140, write=40)
    audio = cost_by(replace(rule, input_audio_usd=Decimal(5)), replace(usage, input_audio_tokens=60))
    assert audio is not None
    assert audio.total == 40 * 2 + 60 * 5  # the library's: a kind without a price takes nothing from one that has one
