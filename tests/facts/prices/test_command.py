"""`sightline price` and `sightline prices`, as a shell runs them."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.facts.prices import Catalogue, price_response
from tests.facts.prices.conftest import catalogue_of

USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 400}}
OPENAI = {"model": "gpt-4o-2024-08-06", "usage": USAGE}
ANTHROPIC = {
    "model": "claude-sonnet-4-5-20250929",
    "usage": {"input_tokens": 63, "cache_read_input_tokens": 1024, "cache_creation_input_tokens": 100, "output_tokens": 46},
}


def run(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a directory of its own; a proxy that is not there catches whoever asks the network."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}
    env |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    return subprocess.run([sys.executable, "-m", "sightline", *arguments], capture_output=True, text=True, cwd=where, env=env, check=False)


def priced(where: Path, lines: Sequence[object], *more: str) -> list[dict[str, Any]]:
    (where / "lines.jsonl").write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    done = run(where, "price", "lines.jsonl", "--json", *more)
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["line"] for answer in answers] == list(range(1, len(lines) + 1))
    return answers


def test_each_line_has_its_tokens_its_cost_and_its_price(tmp_path: Path) -> None:
    openai, anthropic, named, tiered = priced(
        tmp_path,
        [
            {"provider": "openai", "api_flavor": "chat", "body": OPENAI},
            {"provider": "anthropic", "api_flavor": "default", "body": ANTHROPIC, "at": "2026-05-01T00:00:00Z"},
            {"provider": "azure.ai.openai", "api_flavor": "chat", "model": "gpt-4o", "body": {"usage": USAGE}},
            {"provider": "openai", "api_flavor": "chat", "body": OPENAI, "service_tier": "batch"},
        ],
    )
    assert (openai["input_tokens"], openai["cache_read_tokens"], openai["output_tokens"]) == (1000, 400, 100)
    assert (openai["cache_write_tokens"], openai["reasoning_tokens"], openai["web_searches"]) == (None, None, None)
    assert openai["input_cost_usd"] == pytest.approx((600 * 2.5 + 400 * 1.25) / 1e6, abs=1e-12)
    assert openai["output_cost_usd"] == pytest.approx(100 * 10 / 1e6, abs=1e-12)
    assert openai["cost_usd"] == pytest.approx(sum(openai["parts"].values()), abs=1e-12)
    assert openai["price"] == {
        "name": "openai/gpt-4o",
        "input_usd_per_mtok": 2.5,
        "output_usd_per_mtok": 10.0,
        "cache_read_usd_per_mtok": 1.25,
        "web_search_usd": 0.01,
    }
    assert openai["reason"] is None
    assert (anthropic["input_tokens"], anthropic["cache_read_tokens"], anthropic["cache_write_tokens"]) == (1187, 1024, 100)
    assert anthropic["cost_usd"] == pytest.approx((63 * 3 + 1024 * 0.3 + 100 * 3.75 + 46 * 15) / 1e6, abs=1e-12)
    assert (named["model"], named["price"]["name"]) == ("gpt-4o", "azure/gpt-4o")
    assert tiered["price"]["service_tier"] == "batch"
    assert tiered["cost_usd"] == pytest.approx((600 * 1.25 + 400 * 1.25 + 100 * 5) / 1e6, abs=1e-12)


def test_a_bad_line_has_its_reason_and_the_others_their_cost(tmp_path: Path) -> None:
    good = {"provider": "openai", "api_flavor": "chat", "body": OPENAI}
    lines: list[tuple[object, str]] = [
        ("nonsense", "not JSON"),
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ([1], "must be a JSON object"),
        ({"provider": "openai"}, "body is missing"),
        ({"body": OPENAI}, "provider is missing"),
        (good | {"provider": "acme"}, "unknown provider 'acme'"),
        (good | {"api_flavor": "telex"}, "unknown api_flavor 'telex' for openai: one of chat, responses"),
        (good | {"body": {"model": "gpt-4o"}}, "no usage"),
        (good | {"body": {"usage": USAGE}}, "no model"),
        (good | {"body": OPENAI | {"model": "gpt-99"}}, "unknown model 'gpt-99'"),
        (good | {"at": "yesterday"}, "at can't be read"),
        (good | {"at": "0001-01-01T00:00:00Z"}, "at is no time"),
        (good | {"service_tier": 5}, "service_tier must be text"),
        (good | {"body": {"model": "gpt-4o", "usage": {"prompt_tokens": 1, "completion_tokens": -1}}}, "no usage"),
        (good | {"body": {"model": "gpt-4o", "usage": {"prompt_tokens": 1.5, "completion_tokens": 1}}}, "not a whole number"),
        (good | {"body": {"model": "gpt-4o", "usage": {"prompt_tokens": 10**400, "completion_tokens": 1}}}, "none that a response has"),
    ]
    answers = priced(tmp_path, [*(line for line, _ in lines), good])
    for answer, (_, reason) in zip(answers, lines, strict=False):
        assert reason in answer["reason"]
        assert (answer["cost_usd"], answer["price"]) == (None, None)
    assert answers[-1]["cost_usd"] > 0
    assert answers[10]["input_tokens"] == 1000  # what is known stays known


def test_another_catalogue_and_prices_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(catalogue_of("avian", {"m": {"input_mtok": 7, "output_mtok": 0}})))
    (tmp_path / "sightline.toml").write_text('[[prices]]\nmodel = "own"\ninput_per_mtok = 3\noutput_per_mtok = 0\nname = "house"')
    usage = {"usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}}
    lines = [{"provider": "avian", "api_flavor": "chat", "model": model, "body": usage} for model in ("m", "own")]
    mine, own = priced(tmp_path, lines, "--catalogue", "mine.json")
    assert (mine["cost_usd"], mine["price"]["name"]) == (7, "avian/m")
    assert (own["cost_usd"], own["price"]["name"]) == (3, "override: house")


def test_the_table_sums_up(tmp_path: Path) -> None:
    line = json.dumps({"provider": "openai", "api_flavor": "chat", "body": OPENAI})
    (tmp_path / "lines.jsonl").write_text(f"{line}\n{line}\nnonsense\n")
    done = run(tmp_path, "price", "lines.jsonl")
    assert done.returncode == 0
    assert "2 of 3 priced" in done.stdout
    assert "2,000" in done.stdout
    assert "0.006000" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["price", "nowhere.jsonl"], "nowhere.jsonl"),
        (["price", "lines.jsonl", "--catalogue", "nowhere.json"], "nowhere.json can't be read"),
        (["prices", "update", "nowhere.json"], "nowhere.json can't be read"),
        (["prices", "show", "gpt-99"], "no price for 'gpt-99'"),
        (["prices", "show", "gpt-4o", "--at", "noon"], "--at 'noon' can't be read"),
    ],
)
def test_what_can_not_be_done_is_said(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "lines.jsonl").write_text("{}\n")
    done = run(tmp_path, *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_update_and_show(tmp_path: Path) -> None:
    (tmp_path / "new.json").write_text(json.dumps(catalogue_of("openai", {"gpt-4o": {"input_mtok": 1.25, "output_mtok": 2.75}})))
    done = run(tmp_path, "prices", "update", "new.json", "--data", "data")
    assert done.returncode == 0, done.stderr
    assert "1 models of 1 providers; 0 new, 2,329 gone, 1 with other prices" in done.stdout
    shown = run(tmp_path, "prices", "show", "gpt-4o", "--provider", "openai", "--at", "2026-05-01", "--data", "data")
    assert "1.25" in shown.stdout
    back = run(tmp_path, "prices", "update", "--data", "data")
    assert "0 gone, 1 with other prices" in back.stdout


def test_nothing_asks_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    line = {"provider": "openai", "api_flavor": "chat", "body": OPENAI}
    assert price_response(Catalogue.of(tmp_path), line, now=datetime.now(UTC)).cost_usd


keys = st.sampled_from(["usage", "model", "prompt_tokens", "input_tokens"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "x", "gpt-4o", "2026-05-01", "9"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner),
    max_leaves=12,
)


@given(
    said=st.dictionaries(st.sampled_from(["provider", "api_flavor", "model", "at", "service_tier", "body"]), json_values),
    provider=st.sampled_from(["openai", "anthropic", "google", "groq", "mistral"]),
    flavor=st.sampled_from(["default", "chat", "responses", "embeddings"]),
)
def test_no_line_breaks_it(catalogue: Catalogue, said: dict[str, object], provider: str, flavor: str) -> None:
    for line in (said, {"provider": provider, "api_flavor": flavor, "model": "gpt-4o"} | said):
        answer = price_response(catalogue, line, now=datetime.now(UTC))
        assert (answer.cost_usd is None) == (answer.reason is not None)
        json.dumps(answer.as_dict(), allow_nan=False)
