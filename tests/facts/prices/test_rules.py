"""Rules say what the catalogue says: when which price holds, its tiers, its service tiers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files

import pytest

from sightline.facts.prices import PRICE_COLUMNS, RULE_COLUMNS, Catalogue, PriceRule, Usage, cost, rule_for
from sightline.money import OPEN_FROM, OPEN_TO
from tests.facts.prices.conftest import MakeCatalogue

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def usd_per_mtok(rules: list[PriceRule], at: datetime, *, tokens: int = 1, service_tier: str = "") -> float | None:
    rule = rule_for(rules, Usage(input_tokens=tokens, output_tokens=0), at, service_tier)
    return None if rule is None or rule.input_usd is None else float(rule.input_usd * 1_000_000)


def test_a_rule_is_a_row_of_the_table() -> None:
    schema = (files("sightline.store.telemetry") / "schema" / "0002_economics.sql").read_text()
    table = schema[schema.index("CREATE TABLE prices") :]
    columns = [line.split()[0] for line in table.splitlines()[1:] if line.startswith("  ")]
    assert tuple(columns[columns.index("rank") : columns.index("resolved")]) == RULE_COLUMNS
    rule = PriceRule(input_usd=Decimal("0.0000025"), price="openai/gpt-4o")
    assert dict(zip(RULE_COLUMNS, rule.row(), strict=True))["input_usd"] == 2.5e-6
    assert rule.row()[RULE_COLUMNS.index("valid_from")] == OPEN_FROM


def test_the_last_condition_that_is_met_counts_and_the_first_otherwise(make_catalogue: MakeCatalogue) -> None:
    catalogue = make_catalogue(
        m=[
            {"prices": {"input_mtok": 1}},
            {"constraint": {"start_date": "2026-05-01"}, "prices": {"input_mtok": 2}},
            {"constraint": {"start_date": "2026-06-01"}, "prices": {"input_mtok": 3}},
        ]
    )
    rules = catalogue.rules("llm", "openai", "m", None)
    assert [
        usd_per_mtok(rules, datetime(2026, 4, 30, 23, 59, 59, 999_999, UTC)),
        usd_per_mtok(rules, datetime(2026, 5, 1, tzinfo=UTC)),
        usd_per_mtok(rules, datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)),
        usd_per_mtok(rules, datetime(2026, 6, 1, tzinfo=UTC)),
        usd_per_mtok(rules, datetime(2020, 1, 1, tzinfo=UTC)),
    ] == [1, 2, 2, 3, 1]
    assert (rules[0].valid_from, rules[-1].valid_to) == (OPEN_FROM, OPEN_TO)


def test_a_daily_interval_across_midnight_becomes_two_rules(make_catalogue: MakeCatalogue) -> None:
    night = {"start_time": "22:30:00Z", "end_time": "06:00:00Z"}
    catalogue = make_catalogue(m=[{"prices": {"input_mtok": 4}}, {"constraint": night, "prices": {"input_mtok": 1}}])
    rules = catalogue.rules("llm", "openai", "m", None)
    assert sorted((rule.day_from_s, rule.day_to_s) for rule in rules) == [(0, 21_600), (21_600, 81_000), (81_000, 86_400)]
    assert usd_per_mtok(rules, datetime(2026, 5, 1, 5, 59, 59, tzinfo=UTC)) == 1
    assert usd_per_mtok(rules, datetime(2026, 5, 1, 6, tzinfo=UTC)) == 4


def test_a_tier_is_a_cliff_strictly_above_its_start(make_catalogue: MakeCatalogue) -> None:
    tiered = {"input_mtok": {"base": 1, "tiers": [{"start": 1000, "price": 2}, {"start": 5000, "price": 4}]}}
    catalogue = make_catalogue(m=tiered)
    rules = catalogue.rules("llm", "openai", "m", None)
    assert [usd_per_mtok(rules, NOON, tokens=tokens) for tokens in (1000, 1001, 5000, 5001)] == [1, 2, 2, 4]
    parts = cost(rules, Usage(input_tokens=5001), NOON)
    assert parts is not None
    assert parts.total == Decimal("0.020004")  # every token at the highest rate, not only those above


def test_unknown_input_has_the_price_below_the_first_tier(make_catalogue: MakeCatalogue) -> None:
    catalogue = make_catalogue(m={"input_mtok": {"base": 1, "tiers": [{"start": 10, "price": 2}]}, "output_mtok": 3})
    rules = catalogue.rules("llm", "openai", "m", None)
    assert rule_for(rules, Usage(output_tokens=5), NOON) == min(rules, key=lambda rule: rule.rank)


def test_a_service_tier_has_its_own_price_and_all_others_the_standard(make_catalogue: MakeCatalogue) -> None:
    catalogue = make_catalogue(
        m={
            "prices": {"input_mtok": {"base": 4, "tiers": [{"start": 1000, "price": 8}]}, "output_mtok": 8},
            "price_variants": [
                {"when": {"processing": "batch"}, "prices": {"input_mtok": 2, "output_mtok": 4}},
                {"when": {"service_tier": "priority"}, "prices": {"input_mtok": 9}, "constraint": {"start_date": "2026-05-01"}},
                {"when": {"speed": "fast"}, "prices": {"input_mtok": 20}},
                {"when": {"route": "eu"}, "prices": {"input_mtok": 5}},
            ],
        }
    )
    rules = catalogue.rules("llm", "openai", "m", None)
    tiers = ("", "batch", "priority", "fast", "standard", "eu")
    assert [usd_per_mtok(rules, NOON, service_tier=tier) for tier in tiers] == [4, 2, 9, 20, 4, 4]
    assert [usd_per_mtok(rules, NOON, service_tier=tier, tokens=2000) for tier in tiers] == [8, 2, 9, 20, 8, 8]
    assert usd_per_mtok(rules, datetime(2026, 4, 1, tzinfo=UTC), service_tier="priority") == 4
    assert cost(rules, Usage(input_tokens=0, output_tokens=1_000_000), NOON, "fast").total == 8  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("prices", "comment", "free"),
    [
        pytest.param({}, None, False, id="no_price_is_unknown"),
        pytest.param({"audio_hours": 0.4}, None, False, id="a_price_of_another_kind_is_unknown"),
        pytest.param({}, "Free of charge on this API.", True, id="said_to_be_free"),
        pytest.param({"input_mtok": 0, "output_mtok": 0}, None, True, id="zero_is_a_price"),
    ],
)
def test_zero_is_never_silent(make_catalogue: MakeCatalogue, prices: dict[str, float], comment: str | None, *, free: bool) -> None:
    rules = make_catalogue(m={"prices": prices, "price_comments": comment}).rules("llm", "openai", "m", None)
    parts = cost(rules, Usage(input_tokens=10, output_tokens=10), NOON)
    assert (None if parts is None else parts.total) == (0 if free else None)


def test_rules_of_one_rank_never_hold_together(catalogue: Catalogue) -> None:
    for provider in catalogue.providers:
        for model in provider.models:
            entry = catalogue.find(provider.id, model.id)
            seen: dict[tuple[int, str], list[PriceRule]] = {}
            for rule in catalogue.rules("llm", provider.id, model.id, None) if entry else []:
                assert rule.valid_from < rule.valid_to
                assert rule.day_from_s < rule.day_to_s
                assert any(getattr(rule, column) is not None for column in PRICE_COLUMNS)
                for other in seen.setdefault((rule.rank, rule.service_tier), []):
                    days_apart = rule.valid_to <= other.valid_from or other.valid_to <= rule.valid_from
                    assert days_apart or rule.day_to_s <= other.day_from_s or other.day_to_s <= rule.day_from_s, (rule, other)
                seen[rule.rank, rule.service_tier].append(rule)


def test_the_context_window_comes_along(catalogue: Catalogue) -> None:
    assert {rule.context_tokens for rule in catalogue.rules("llm", "openai", "gpt-4o", None)} == {128_000}


def test_dates_are_those_of_utc(make_catalogue: MakeCatalogue) -> None:
    changed = [{"prices": {"input_mtok": 1}}, {"constraint": {"start_date": str(date(2026, 5, 1))}, "prices": {"input_mtok": 2}}]
    rules = make_catalogue(m=changed).rules("llm", "openai", "m", None)
    assert usd_per_mtok(rules, datetime.fromisoformat("2026-05-01T01:00:00+02:00")) == 1
    assert usd_per_mtok(rules, datetime.fromisoformat("2026-04-30T23:00:00-02:00")) == 2
