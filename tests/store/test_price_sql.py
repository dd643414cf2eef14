"""The engine's prices are the evaluator's: the same rules, the same usages, the same cost to the last digit that a float holds."""

import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from sightline.facts.prices import RULE_COLUMNS, Catalogue, PriceRule, Usage, cost, rule_for
from sightline.settings import Settings
from sightline.store.telemetry import schema
from sightline.store.telemetry.engine import Engine, EngineOptions
from tests.facts.prices.test_cost import coherent

SQL = (files("sightline.store.telemetry") / "sql" / "price_calls.sql").read_text()
TIERS = ("", "batch", "flex", "priority", "fast", "default")
OWN = """
[[prices]]
provider = "vllm"
per_gpu_hour = 3.6
gpus = 2
[[prices]]
provider = "own"
input_per_mtok = 2
output_per_mtok = 8
input_audio_per_mtok = 20
batch = 0.5
per_request = 0.001
per_search = 0.01
valid_from = 2026-05-01
tiers = [{ above_tokens = 1000, input_per_mtok = 4 }]
[[prices]]
provider = "openai"
discount = 0.15
valid_from = 2026-06-01
valid_to = 2026-07-01
"""
TOKENS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "output_image_tokens",
    "web_searches",
)
CALL = ("project", "trace_id", "span_id", "kind", "provider", "response_model", "start", "service_tier", "usage_counted", "duration_ns")
COLUMNS = ("input_cost_usd", "cache_read_cost_usd", "cache_write_cost_usd", "output_cost_usd", "other_cost_usd", "cost_usd", "price")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    engine = Engine(EngineOptions(directory=tmp_path_factory.mktemp("prices"), readers=1))
    client = engine.connect()
    schema.apply(client, retention_days=90)
    yield client
    engine.close()


def calls(catalogue: Catalogue, chance: random.Random) -> Iterator[tuple[str, str, datetime, str, Usage]]:
    """Provider, model, time, service tier and usage of calls to every provider, most to models whose price is not simple."""
    names = [("vllm", "llama"), ("own", "a"), ("own", "b"), ("openai", "gpt-99")] * 20
    for provider in catalogue.providers:
        rich = [model for model in provider.models if len(catalogue.rules("llm", provider.id, model.id, None)) > 1]
        names += [(provider.id, model.id) for model in rich + chance.sample(provider.models, min(5, len(provider.models)))]
    edges = [datetime(2026, 5, 1), datetime(2026, 6, 1), datetime(2026, 7, 1), datetime(2026, 10, 14), datetime(2026, 11, 9)]
    for provider_id, model in names:
        for _ in range(3):
            at = chance.choice(edges) + timedelta(seconds=chance.choice([-1, 0, chance.randrange(86_400)]))
            size = chance.choice([0, 500, 1000, 1001, 128_000, 200_000, 200_001, 272_001, 900_000])
            usage = coherent(size, chance.randrange(5000), [chance.random() for _ in range(8)], chance.randrange(3))
            yield provider_id, model, at.replace(tzinfo=UTC), chance.choice(TIERS), usage


def test_the_engine_and_the_evaluator_agree(client: Client) -> None:
    said = Settings(**tomllib.loads(OWN))
    catalogue = Catalogue.read(overrides=said.prices)
    asked = list(calls(catalogue, random.Random(4)))
    rules = {(provider, model): catalogue.rules("llm", provider, model, "") for provider, model, *_ in asked}
    digest = catalogue.digest
    client.insert(
        "prices",
        [[digest, "llm", *name, "", *rule.row()] for name, found in rules.items() for rule in found or [PriceRule()]],
        column_names=["catalogue", "kind", "provider", "model", "request_model", *RULE_COLUMNS],
    )
    rows = [
        ["p", "t", f"{number:016x}", "llm", provider, model, at, tier or None, True, number * 1_000_000]
        + [getattr(usage, name) for name in TOKENS]
        for number, (provider, model, at, tier, usage) in enumerate(asked)
    ]
    client.insert("spans", rows, column_names=[*CALL, *TOKENS])
    client.command(SQL.replace("{{which}}", "true"), parameters={"catalogue": digest})
    found = ", ".join(f"joinGet('settling_costs', '{column}', toString(project), trace_id, span_id)" for column in COLUMNS)
    priced = {row[0]: row[1:] for row in client.query(f"SELECT span_id, {found} FROM spans").result_rows}
    known = 0
    for number, (provider, model, at, tier, usage) in enumerate(asked):
        engine = priced[f"{number:016x}"]
        seconds = Decimal(number) / 1000
        timed = Usage(**{name: getattr(usage, name) for name in TOKENS}, seconds=seconds)
        ours: Any = cost(rules[provider, model], timed, at, tier)
        where = (provider, model, at, tier, timed, engine, ours)
        if ours is None:
            assert engine == (None,) * 7, where
            continue
        known += 1
        rule = rule_for(rules[provider, model], timed, at, tier)
        assert rule is not None
        assert engine[6] == rule.price, where
        values = [ours.input_usd, ours.cache_read_usd, ours.cache_write_usd, ours.output_usd, ours.other_usd, ours.total]
        assert engine[:6] == pytest.approx([float(value) for value in values], rel=1e-12, abs=1e-15), where
    print(f"\n{known:,} of {len(asked):,} calls priced alike")
    assert known > 1000
