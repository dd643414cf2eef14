"""The public set of provider responses: the library's tokens and prices, every other answer traced to what changed in the catalogue."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from genai_prices.types import ModelPrice, TieredPrices

from sightline.facts.prices import Catalogue, PricedResponse, Usage, cost, price_response
from sightline.facts.prices.response import TOKEN_FACTS
from sightline.facts.prices.rules import stated_prices
from tests.facts.prices.conftest import MakeCatalogue

NEAR = 1e-9


def at_noon() -> datetime:
    """Today, at an hour for which the set's prices were computed: some entries are cheaper for a part of each day."""
    return datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Case:
    body: dict[str, Any]
    model: str | None
    provider: str
    flavor: str
    usage: dict[str, int]
    input_usd: float | None
    output_usd: float | None

    def asked(self, catalogue: Catalogue, at: datetime) -> PricedResponse:
        line = {"provider": self.provider, "api_flavor": self.flavor, "model": self.model, "body": self.body}
        return price_response(catalogue, line, now=at)


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    return shared / "data" / "prices_genai"


@pytest.fixture(scope="module")
def cases(data: Path) -> list[Case]:
    def read() -> Iterator[Case]:
        with gzip.open(data / "usage_bodies.jsonl.gz", "rt") as lines:
            for line in lines:
                said = json.loads(line)
                for extracted in said["extracted"]:
                    for by in extracted["extractors"]:
                        money = [float(by[name]) if name in by else None for name in ("input_price", "output_price")]
                        yield Case(said["body"], said["model"], by["provider_id"], by["api_flavor"], extracted["usage"], *money)

    return list(read())


@pytest.fixture(scope="module")
def rows(data: Path) -> dict[str, list[dict[str, str]]]:
    def read(name: str) -> list[dict[str, str]]:
        with gzip.open(data / f"{name}.csv.gz", "rt") as lines:
            return list(csv.DictReader(lines))

    return {name: read(name) for name in ("current", "history")}


def counted(usage: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (usage or {}).items() if value}


def test_tokens_are_the_providers(cases: list[Case], catalogue: Catalogue) -> None:
    """In ≥ 99%; the rest are extractors that count more than they did when the set was made."""
    now = at_noon()
    other: Counter[str] = Counter()
    for case in cases:
        answer = case.asked(catalogue, now)
        for fact, key in TOKEN_FACTS.items():
            assert getattr(answer, fact) == (answer.usage or {}).get(key)  # what is not mentioned is None, not 0
        ours, theirs = counted(answer.usage), counted(case.usage)
        if ours != theirs:
            new = {key: value for key, value in ours.items() if theirs.get(key) != value}
            assert theirs.keys() <= ours.keys(), (case, ours)
            assert all(ours[key] == theirs[key] for key in theirs), (case, ours)
            other[f"{case.provider} {case.flavor} counts {', '.join(sorted(new))} too"] += 1
    share = 1 - other.total() / len(cases)
    print(f"\ntokens equal in {share:.2%} of {len(cases):,} (body, extractor)")
    for what, count in other.most_common():
        print(f"  {count:3} {what}")
    assert share >= 0.99


def near(answer: PricedResponse, case: Case) -> bool:
    return (
        answer.input_cost_usd is not None
        and answer.output_cost_usd is not None
        and abs(answer.input_cost_usd - (case.input_usd or 0)) < NEAR
        and abs(answer.output_cost_usd - (case.output_usd or 0)) < NEAR
    )


def test_prices_are_the_librarys_or_traced_to_what_changed(
    cases: list[Case], catalogue: Catalogue, rows: dict[str, list[dict[str, str]]]
) -> None:
    now, then = at_noon(), datetime.fromisoformat(max(row["recorded_utc"] for row in rows["history"]))
    priced = [case for case in cases if case.input_usd is not None]
    others = [case for case in priced if not near(case.asked(catalogue, now), case)]
    still = [case for case in others if not near(case.asked(catalogue, then), case)]
    print(f"\nprices equal in {1 - len(others) / len(priced):.2%} of {len(priced):,} priced at today's prices,")
    print(f"in {1 - len(still) / len(priced):.2%} at those of {then:%Y-%m-%d}, the set's last recorded change; the others' entries:")
    listed: Counter[str] = Counter()
    for case in others:
        changes = list(changes_of(case, catalogue, rows["current"], now))
        assert changes, f"not traced: {case}"
        listed.update(changes)
    for change, count in sorted(listed.items()):
        print(f"  {count:3} {change}")
    assert 1 - len(others) / len(priced) >= 0.96
    assert 1 - len(still) / len(priced) >= 0.98  # the rest: entries that were corrected backwards, or are new


def changes_of(case: Case, catalogue: Catalogue, current: list[dict[str, str]], now: datetime) -> Iterator[str]:
    """Unit prices of a case's entry that are others today than in the set's table."""
    answer = case.asked(catalogue, now)
    entry = catalogue.find(case.provider, answer.model)
    assert entry is not None
    owner = next(provider for provider in catalogue.providers if any(entry.model is model for model in provider.models))
    then: dict[tuple[str, int], set[Decimal]] = {}
    for row in current:
        if (row["provider"], row["model"]) == (owner.id, entry.model.id):
            then.setdefault((row["field"], int(row["tier_start_tokens"])), set()).add(Decimal(row["usd"]))
    if not then:
        yield f"{owner.id}/{entry.model.id}: an entry that was added since, before it another one matched the name"
        return
    today = unit_prices(entry.model.get_prices(now))
    for key in sorted(then.keys() | today.keys()):
        old, new = then.get(key, set()), today.get(key)
        if new not in old:
            above = f" above {key[1]:,}" if key[1] else ""
            yield f"{owner.id}/{entry.model.id} {key[0]}{above}: {', '.join(map(str, sorted(old))) or 'none'} → {new}"


def unit_prices(prices: ModelPrice) -> dict[tuple[str, int], Decimal]:
    units = {}
    for field, price in stated_prices(prices).items():
        units[field, 0] = price.base if isinstance(price, TieredPrices) else price
        for tier in price.tiers if isinstance(price, TieredPrices) else ():
            units[field, tier.start] = tier.price
    return units


def test_there_are_no_silent_zeros(cases: list[Case], catalogue: Catalogue) -> None:
    """A cost of 0 for tokens only where a price of 0 is said, by name; no cost always with its reason."""
    now = at_noon()
    zeros: Counter[str] = Counter()
    for case in cases:
        answer = case.asked(catalogue, now)
        assert (answer.cost_usd is None) == (answer.reason is not None)
        assert (answer.cost_usd is None) == (answer.price is None)
        if answer.cost_usd == 0 and counted(answer.usage):
            zeros[str((answer.price or {})["name"])] += 1
    print(f"\nzeros: {dict(zeros)}")
    assert all(name.endswith(":free (free)") for name in zeros)


def test_ours_and_the_librarys_agree_wherever_our_kinds_suffice(cases: list[Case], catalogue: Catalogue) -> None:
    now, beyond, same = at_noon(), 0, 0
    for case in cases:
        answer = case.asked(catalogue, now)
        if answer.cost_usd is None or answer.price is None:
            continue
        if "beyond the rules" in answer.price:
            beyond += 1
            continue
        entry = catalogue.find(case.provider, answer.model)
        assert entry is not None
        _, usage = catalogue.extractors(entry.provider).extract_usage(case.body, api_flavor=case.flavor)
        theirs = entry.model.calc_price(usage, entry.provider, genai_request_timestamp=now)
        assert abs(Decimal(repr(answer.cost_usd)) - theirs.total_price) < Decimal("1e-12"), case
        same += 1
    print(f"\n{same:,} by our rules and equal to the library's, {beyond} with kinds that only the library counts")
    assert same > 1500


def test_a_recorded_change_parts_the_calls_before_from_those_after(
    rows: dict[str, list[dict[str, str]]], make_catalogue: MakeCatalogue
) -> None:
    changes = [row for row in rows["history"] if row["kind"] == "changed"]
    for row in changes:
        day = datetime.fromisoformat(row["recorded_utc"]).replace(hour=0, minute=0, second=0)
        field = row["field"]
        base = {} if field in ("input_mtok", "output_mtok") else {"input_mtok": 0}

        def entry(usd: str, base: dict[str, Any] = base, field: str = field) -> dict[str, Any]:
            return base | {field: float(usd)}

        catalogue = make_catalogue(
            row["provider"],
            **{
                row["model"]: [
                    {"prices": entry(row["old_usd"])},
                    {"constraint": {"start_date": f"{day:%Y-%m-%d}"}, "prices": entry(row["new_usd"])},
                ]
            },
        )
        usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000, cache_read_tokens=1_000_000 if base else None)
        rules = catalogue.rules("llm", row["provider"], row["model"], None)
        for at, usd in (
            (day - timedelta(microseconds=1), row["old_usd"]),
            (day, row["new_usd"]),
            (day + timedelta(days=30), row["new_usd"]),
        ):
            parts = cost(rules, usage, at)
            assert parts is not None
            assert parts.total == Decimal(repr(float(usd))), (row, at)
    print(f"\n{len(changes)} recorded changes, each before, at and after its day")
    assert changes
