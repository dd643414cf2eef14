"""Prices of one's own: each form, when they hold, in which currency, and what is refused with which words."""

import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sightline.errors import SettingsError
from sightline.facts.prices import Catalogue, RevenueRule, Usage, cost, revenue_rules, rule_for
from sightline.money import OPEN_FROM, OPEN_TO
from sightline.settings import Settings, read_settings

AT = datetime(2026, 5, 10, 12, tzinfo=UTC)
MILLION = Usage(input_tokens=1_000_000, output_tokens=1_000_000)


@pytest.fixture
def settings_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    def settings_of(toml: str) -> Settings:
        (tmp_path / "sightline.toml").write_text(toml)
        monkeypatch.chdir(tmp_path)
        return read_settings()

    return settings_of


def overridden(toml: str) -> Catalogue:
    said = Settings(**tomllib.loads(toml))
    return Catalogue.read(overrides=said.prices, currencies=said.currencies)


def total(
    catalogue: Catalogue,
    usage: Usage = MILLION,
    *,
    at: datetime = AT,
    tier: str = "",
    kind: str = "llm",
    provider: str | None = "openai",
    model: str | None = "gpt-4o",
    request_model: str | None = None,
) -> float | None:
    parts = cost(catalogue.rules(kind, provider, model, request_model), usage, at, tier)
    return None if parts is None else float(parts.total)


def test_a_rate_wins_in_its_window_and_the_catalogue_outside(catalogue: Catalogue) -> None:
    ours = overridden(
        """
        [[prices]]
        provider = "openai"
        model = "gpt-4o"
        name = "team rate"
        valid_from = 2026-05-01
        valid_to = 2026-06-01
        input_per_mtok = 1
        output_per_mtok = 2
        """
    )
    instant = timedelta(microseconds=1)
    assert total(catalogue) == 12.5
    assert [total(ours, at=datetime(2026, 5, 1, tzinfo=UTC) + by) for by in (-instant, timedelta())] == [12.5, 3]
    assert [total(ours, at=datetime(2026, 6, 1, tzinfo=UTC) + by) for by in (-instant, timedelta())] == [3, 12.5]
    used = rule_for(ours.rules("llm", "openai", "gpt-4o", None), MILLION, AT)
    assert used is not None
    assert (used.price, used.context_tokens) == ("override: team rate", 128_000)
    assert total(ours, tier="priority") == 3  # of all service tiers, unless it says a multiplier
    assert total(ours, model="gpt-4o-mini") == total(catalogue, model="gpt-4o-mini")


def test_a_moment_with_a_zone_bounds_it_too() -> None:
    ours = overridden('[[prices]]\nmodel = "gpt-4o"\nvalid_from = 2026-05-01T02:00:00+02:00\ninput_per_mtok = 1\noutput_per_mtok = 1')
    assert total(ours, at=datetime(2026, 5, 1, tzinfo=UTC)) == 2
    assert total(ours, at=datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC)) == 12.5


def test_of_two_that_hold_the_later_counts() -> None:
    ours = overridden(
        """
        prices = [
          { model = "gpt-*", input_per_mtok = 1, output_per_mtok = 1 },
          { model = "gpt-4o", valid_from = 2026-05-01, input_per_mtok = 2, output_per_mtok = 2 },
        ]
        """
    )
    assert total(ours) == 4
    assert total(ours, at=datetime(2026, 4, 1, tzinfo=UTC)) == 2
    assert total(ours, model="gpt-4o-mini") == 2


@pytest.mark.parametrize(
    ("names", "matches"),
    [
        pytest.param({"provider": "azure.ai.openai"}, True, id="the_same_provider_in_other_words"),
        pytest.param({"provider": "openai"}, False, id="another_provider"),
        pytest.param({"provider": None}, False, id="a_model_of_another_provider"),
        pytest.param({"provider": "azure", "model": "GPT-4o-2024-08-06"}, True, id="case_does_not_matter"),
        pytest.param({"provider": "azure", "model": "azure/gpt-4o"}, True, id="with_its_provider_before_it"),
        pytest.param({"provider": "azure", "model": "my-deployment", "request_model": "gpt-4o"}, True, id="the_requested_model"),
    ],
)
def test_it_matches_names_as_spans_say_them(names: dict[str, str | None], matches: bool) -> None:
    ours = overridden('[[prices]]\nprovider = "azure"\nmodel = "gpt-4o*"\ninput_per_mtok = 1\noutput_per_mtok = 2')
    assert (total(ours, **names) == 3) == matches  # type: ignore[arg-type]


def test_a_self_hosted_model_by_the_token() -> None:
    ours = overridden('[[prices]]\nprovider = "vllm"\nmodel = "meta-llama/*"\ninput_per_mtok = 0.2\noutput_per_mtok = 0.4')
    assert total(ours, provider="vllm", model="meta-llama/Llama-3.1-70B") == pytest.approx(0.6)
    assert total(ours, provider="ollama", model="meta-llama/Llama-3.1-70B") is None


def test_a_self_hosted_model_by_the_gpu_hour() -> None:
    ours = overridden('[[prices]]\nmodel = "llama-*"\nper_gpu_hour = 3.6\ngpus = 8\nshare = 0.25')
    seconds = Usage(seconds=Decimal(10))
    assert total(ours, seconds, provider="vllm", model="llama-3.1-70b") == pytest.approx(10 * 3.6 * 8 * 0.25 / 3600)
    assert total(ours, MILLION, provider="vllm", model="llama-3.1-70b") is None  # how long it took is unknown


def test_cached_audio_image_and_reasoning_tokens_have_their_rates() -> None:
    ours = overridden(
        """
        [[prices]]
        model = "own"
        input_per_mtok = 10
        output_per_mtok = 20
        cache_read_per_mtok = 1
        cache_write_per_mtok = 12
        cache_write_1h_per_mtok = 14
        input_audio_per_mtok = 30
        output_audio_per_mtok = 40
        input_image_per_mtok = 5
        output_image_per_mtok = 50
        reasoning_per_mtok = 15
        """
    )
    usage = Usage(
        input_tokens=1000,
        cache_read_tokens=100,
        cache_write_tokens=200,
        cache_write_1h_tokens=50,
        input_audio_tokens=10,
        input_image_tokens=20,
        output_tokens=500,
        output_audio_tokens=5,
        output_image_tokens=6,
        reasoning_tokens=7,
    )
    expected = 670 * 10 + 100 * 1 + 150 * 12 + 50 * 14 + 10 * 30 + 20 * 5 + 482 * 20 + 5 * 40 + 6 * 50 + 7 * 15
    assert total(ours, usage, provider=None, model="own") == pytest.approx(expected / 1e6)


def test_tiers_and_service_tiers() -> None:
    ours = overridden(
        """
        [[prices]]
        model = "own"
        input_per_mtok = 2
        output_per_mtok = 8
        batch = 0.5
        priority = 1.5
        tiers = [{ above_tokens = 1000, input_per_mtok = 4 }, { above_tokens = 9000, output_per_mtok = 16 }]
        """
    )

    def of(tokens: int, tier: str = "") -> float | None:
        return total(ours, Usage(input_tokens=tokens, output_tokens=1_000_000), provider=None, model="own", tier=tier)

    assert [of(1000), of(1001), of(9001)] == pytest.approx([8.002, 8.004004, 16.036004])
    assert [of(1000, "batch"), of(9001, "batch")] == pytest.approx([4.001, 8.018002])
    assert [of(1001, "priority"), of(1001, "flex")] == pytest.approx([12.006006, 8.004004])


def test_embeddings_rerankers_and_tools() -> None:
    ours = overridden(
        """
        prices = [
          { kind = "embedding", model = "bge-*", input_per_mtok = 0.01 },
          { kind = "rerank", model = "rerank-*", per_search = 0.002 },
          { tool = "web_*", per_request = 0.005 },
          { model = "searching", input_per_mtok = 1, output_per_mtok = 1, per_search = 0.01 },
        ]
        """
    )
    tokens = Usage(input_tokens=1_000_000)
    assert total(ours, tokens, kind="embedding", provider=None, model="bge-m3") == 0.01
    assert total(ours, tokens, kind="llm", provider=None, model="bge-m3") is None
    assert total(ours, Usage(), kind="rerank", provider="cohere", model="rerank-v3.5") == 0.002  # one call is one search
    assert total(ours, Usage(), kind="tool", provider=None, model="web_search") == 0.005
    assert total(ours, Usage(), kind="tool", provider=None, model="calculator") is None
    assert total(ours, Usage(input_tokens=1_000_000, web_searches=3), provider=None, model="searching") == 1.03


def test_a_discount_is_on_everything_of_the_catalogue(catalogue: Catalogue) -> None:
    ours = overridden('[[prices]]\nprovider = "openai"\ndiscount = 0.15\nvalid_from = 2026-05-01')
    usage = Usage(input_tokens=300_000, cache_read_tokens=100_000, output_tokens=5000, web_searches=2)
    for model in ("gpt-4o", "gpt-5.4", "gpt-5.6-sol"):
        for tier in ("", "batch", "flex"):
            for at in (AT, datetime(2026, 11, 1, tzinfo=UTC)):
                before, after = total(catalogue, usage, model=model, tier=tier, at=at), total(ours, usage, model=model, tier=tier, at=at)
                assert before is not None
                assert after == pytest.approx(before * 0.85, rel=1e-12)
    assert total(ours, at=datetime(2026, 4, 1, tzinfo=UTC)) == 12.5
    used = rule_for(ours.rules("llm", "openai", "gpt-4o", None), MILLION, AT)
    assert used is not None
    assert used.price == "override: openai/gpt-4o less 15%"
    assert total(ours, provider="openai", model="gpt-99") is None  # a discount on nothing is nothing


def test_a_deployment_is_priced_as_what_it_is(catalogue: Catalogue) -> None:
    ours = overridden('[[prices]]\nprovider = "azure"\nmodel = "support-prod"\nsame_as = "azure/gpt-4o"\ndiscount = 0.1')
    assert total(ours, provider="azure.ai.openai", model="support-prod") == pytest.approx(12.5 * 0.9)
    with pytest.raises(SettingsError, match="the catalogue has no such model"):
        overridden('[[prices]]\nmodel = "x"\nsame_as = "azure/gpt-99"')


def test_another_currency_at_the_rate_of_the_day() -> None:
    ours = overridden(
        """
        [[prices]]
        model = "own"
        currency = "EUR"
        input_per_mtok = 1
        output_per_mtok = 1

        [[currencies]]
        currency = "EUR"
        usd = 1.1

        [[currencies]]
        currency = "EUR"
        usd = 1.2
        valid_from = 2026-05-01
        """
    )
    edge = datetime(2026, 5, 1, tzinfo=UTC)
    assert total(ours, provider=None, model="own", at=edge - timedelta(seconds=1)) == 2.2
    assert total(ours, provider=None, model="own", at=edge) == 2.4


@pytest.mark.parametrize("currencies", ["EUR = 1.08", "EUR = [{ usd = 1.08 }]"])
def test_currencies_written_short(currencies: str) -> None:
    ours = overridden(f'[currencies]\n{currencies}\n[[prices]]\nmodel = "own"\ncurrency = "EUR"\ninput_per_mtok = 1\noutput_per_mtok = 1')
    assert total(ours, provider=None, model="own") == 2.16


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[[prices]]\nmodel = "x"', ["prices.0", "no price"]),
        ('[[prices]]\nmodel = "x"\ninput_per_mtok = -1\noutput_per_mtok = 1', ["prices.0.input_per_mtok", "greater than or equal to 0"]),
        ('[[prices]]\nmodel = "x"\ninput_per_token = 1', ["prices.0.input_per_token", "not permitted"]),
        ('[[prices]]\nmodel = "x"\noutput_per_mtok = 1', ["input_per_mtok is missing", "say 0"]),
        ('[[prices]]\nmodel = "x"\ninput_per_mtok = 1', ["output_per_mtok is missing", "embedding"]),
        ('[[prices]]\nmodel = "x"\ncache_read_per_mtok = 1', ["say input_per_mtok too"]),
        ('[[prices]]\nmodel = "x"\ninput_per_mtok = 1\noutput_per_mtok = 1\ncache_write_1h_per_mtok = 1', ["say cache_write_per_mtok too"]),
        ("[[prices]]\ninput_per_mtok = 1\noutput_per_mtok = 1", ["for which calls"]),
        ('[[prices]]\ntool = "x"\nmodel = "y"\nper_request = 1', ["tool stands alone"]),
        ('[[prices]]\ntool = "x"\ninput_per_mtok = 1\noutput_per_mtok = 1', ["tools have no tokens"]),
        ('[[prices]]\nmodel = "x"\ndiscount = 0.1\ninput_per_mtok = 1\noutput_per_mtok = 1', ["leave out input_per_mtok"]),
        ('[[prices]]\nmodel = "x"\ndiscount = 15', ["prices.0.discount", "less than or equal to 1"]),
        ('[[prices]]\nmodel = "x"\nper_request = 1\ngpus = 2', ["per_gpu_hour"]),
        ('[[prices]]\nmodel = "x"\nper_request = 1\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01', ["valid_to must be after valid_from"]),
        ('[[prices]]\nmodel = "x"\nper_request = 1\nvalid_from = "soon"', ["prices.0.valid_from"]),
        (
            '[[prices]]\nmodel = "x"\ninput_per_mtok = 1\noutput_per_mtok = 1\n'
            "tiers = [{above_tokens = 9, input_per_mtok = 1}, {above_tokens = 5, input_per_mtok = 2}]",
            ["tiers must rise"],
        ),
        ('[[prices]]\nmodel = "x"\nper_request = 1\ncurrency = "EUR"', ["prices.0", "no rate for EUR", "[currencies] EUR ="]),
        ('[[prices]]\nmodel = "x"\nper_request = 1\ncurrency = "euro"', ["prices.0.currency"]),
        (
            '[[prices]]\nmodel = "x"\nper_request = 1\ncurrency = "EUR"\n[currencies]\nEUR = [{ usd = 1, valid_from = 2026-01-01 }]',
            ["the first rate for EUR holds from 2026-01-01", "earlier rate"],
        ),
        ("[currencies]\nEUR = 0", ["currencies.0.usd", "greater than 0"]),
        ('[[revenue]]\ntask = "x"', ["revenue.0.usd_per_request", "required"]),
        ('[[revenue]]\ntask = "x"\nusd_per_request = -1', ["revenue.0.usd_per_request"]),
    ],
)
def test_what_is_wrong_is_said_where_and_what_would_be_right(settings_of: object, toml: str, words: list[str]) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_of(toml)  # type: ignore[operator]
    for word in words:
        assert word in str(refused.value)


def test_the_digest_names_what_prices_depend_on(catalogue: Catalogue) -> None:
    one = '[[prices]]\nmodel = "x"\nper_request = 1'
    assert Catalogue.read().digest == catalogue.digest
    assert overridden(one).digest == overridden(one).digest
    other = '[[prices]]\nmodel = "x"\nper_request = 2'
    assert len({catalogue.digest, overridden(one).digest, overridden(other).digest}) == 3


def test_revenue_becomes_plain_rows() -> None:
    said = Settings(
        **tomllib.loads(
            """
            [[revenue]]
            usd_per_request = 0.01

            [[revenue]]
            task = "answer"
            tenant = "acme.*-??"
            usd_per_request = 0.05
            valid_from = 2026-05-01
            """
        )
    )
    assert revenue_rules(said.revenue) == [
        RevenueRule("", "", Decimal("0.01"), OPEN_FROM, OPEN_TO),
        RevenueRule("^answer$", r"^acme\..*-..$", Decimal("0.05"), datetime(2026, 5, 1, tzinfo=UTC), OPEN_TO),
    ]
