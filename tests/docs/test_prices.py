"""The examples of docs/prices.md are settings, and price what the page says."""

import re
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sightline.facts.prices import Catalogue, Usage, cost
from sightline.money import PriceOverride
from sightline.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "prices.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)


def test_every_example_is_settings() -> None:
    made = [Settings(**tomllib.loads(example)) for example in EXAMPLES]
    assert [len(one.prices) + len(one.revenue) for one in made] == [3, 1, 3, 1]
    for one in made:
        Catalogue.read(overrides=one.prices, currencies=one.currencies)


def test_the_table_has_every_key() -> None:
    table = PAGE[PAGE.index("| key | means |") :]
    for name in PriceOverride.model_fields:
        assert f"`{name}`" in table, name


def test_the_page_prices_as_it_says() -> None:
    contracts, gpus, *_ = (Settings(**tomllib.loads(example)) for example in EXAMPLES)
    ours, hosted = (Catalogue.read(overrides=one.prices, currencies=one.currencies) for one in (contracts, gpus))
    at = datetime(2026, 8, 1, tzinfo=UTC)
    million = Usage(input_tokens=1_000_000, output_tokens=1_000_000)

    def total(catalogue: Catalogue, provider: str, model: str, usage: Usage = million) -> Decimal:
        parts = cost(catalogue.rules("llm", provider, model, None), usage, at)
        assert parts is not None
        return parts.total

    assert total(ours, "openai", "gpt-4o") == Decimal("12.5") * Decimal("0.85")
    assert total(ours, "anthropic", "claude-sonnet-4-5") == Decimal("25.65")
    assert total(ours, "azure", "support-prod") == Decimal("12.5")
    assert total(hosted, "vllm", "meta-llama/Llama-3.1-70B", Usage(seconds=Decimal(3600))) == Decimal("2.2") * 8 * Decimal(
        "0.05"
    ) * Decimal("1.08")
