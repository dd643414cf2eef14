"""From an OTLP request to the economics of it, through a running server and its price catalogue."""

import json
import time
from typing import Any

import pytest

from tests.otlp import new_id, span, traces
from tests.running import Server, eventually

USD_PER_TOKEN = {"gpt-4o": (2.5e-6, 1.25e-6, 10e-6), "gpt-4o-mini": (0.15e-6, 0.075e-6, 0.6e-6)}


def prompt(question: str) -> str:
    return json.dumps([{"role": "user", "parts": [{"type": "text", "content": "These are the rules of the house. " * 300 + question}]}])


@pytest.fixture
def told(server: Server, project: str) -> dict[str, object]:
    """Three requests of 3,000 input and 100 output tokens, a second apart, the last with 1,024 tokens read from the cache."""
    for i, read in enumerate((0, 0, 1_024)):
        trace, root, start_ns = new_id(16), new_id(8), time.time_ns() - (10 - i) * 1_000_000_000
        said = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.response.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 3_000,
            "gen_ai.usage.output_tokens": 100,
            "gen_ai.usage.cache_read.input_tokens": read,
            "gen_ai.input.messages": prompt(f"{i}?"),
        }
        spans = [
            span(
                "POST /chat",
                said={"sightline.tenant": "acme", "sightline.revenue_usd": 0.005},
                trace_id=trace,
                span_id=root,
                start_ns=start_ns,
            ),
            span("chat gpt-4o", said=said, trace_id=trace, parent_span_id=root, start_ns=start_ns),
        ]
        body = traces(spans).SerializeToString()
        assert server.send("traces", body, headers={"x-sightline-project": project}).status_code == 200
    params: dict[str, object] = {"project": project, "from": "-1h"}
    eventually(lambda: server.get("/api/v1/economics/spend", **params)["total"]["priced_calls"], lambda priced: priced == 3)
    return params


def test_what_was_sent_is_priced_compared_and_explained(server: Server, told: dict[str, object]) -> None:
    def ask(name: str, **params: object) -> dict[str, Any]:
        found: dict[str, Any] = server.get(f"/api/v1/economics/{name}", **told, **params)
        return found

    uncached, cached, output = USD_PER_TOKEN["gpt-4o"]
    spent = 3 * 3_000 * uncached - 1_024 * (uncached - cached) + 300 * output
    assert ask("spend", group_by="tenant")["groups"][0]["now"]["cost_usd"] == pytest.approx(spent)
    assert ask("cache")["provider"]["saved_usd"] == pytest.approx(1_024 * (uncached - cached))
    assert ask("margin")["groups"][0]["now"]["margin_usd"] == pytest.approx(0.015 - spent)
    missed = ask("cache/prefixes")
    # Two prompts were seen before but for their last word; 1,024 tokens were read.
    assert missed["avoidable_tokens"] == pytest.approx(2 * 3_000 - 1_024, rel=0.01)
    assert missed["avoidable_usd"] == pytest.approx(missed["avoidable_tokens"] * (uncached - cached))
    # No span has named the smaller model: the catalogue knows its price.
    uncached, cached, output = USD_PER_TOKEN["gpt-4o-mini"]
    mini = 3 * 3_000 * uncached - 1_024 * (uncached - cached) + 300 * output
    assert ask("what-if", model="gpt-4o-mini", provider="openai")["hypothetical_usd"] == pytest.approx(mini)
    assert ask("unpriced")["models"] == []
    assert {price["price"] for price in ask("prices", search="gpt-4o")["prices"]} == {"openai/gpt-4o"}
    assert ask("waste")["waste_usd"] is None
