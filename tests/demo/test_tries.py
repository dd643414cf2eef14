"""A provider that fails: each try, fallback and failure is shown as it was, though the application says nothing of them itself."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sightline.demo.provider import MODELS, Model, Provider
from sightline.demo.traffic import run
from tests.running import Server, eventually, running

REQUESTS = 8
STEADY = {name: replace(model, first_s=0.02, tokens_per_s=2000, busy=0.0, broken=0.0) for name, model in MODELS.items()}
CALL_FACTS = ("attempt", "request_model", "error_type", "http_status")


@dataclass(frozen=True, slots=True)
class Told:
    """What a run said, by trace, and the provider that knows what it did."""

    provider: Provider
    traces: list[list[dict[str, Any]]]

    def calls_of(self, name: str) -> Iterator[list[dict[str, Any]]]:
        """The model calls below each span called `name`, in the order they were made."""
        for trace in self.traces:
            for step in (span for span in trace if span["name"] == name):
                calls = [span for span in trace if span["parent_span_id"] == step["span_id"] and span["kind"] == "llm"]
                yield sorted(calls, key=lambda span: str(span["start"]))


@pytest.fixture(scope="module")
def front_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("tries") / "data", settle_quiet_s=0.3, settle_every_s=0.2) as server:
        yield server


def tell(server: Server, seed: int, models: dict[str, Model]) -> Told:
    """Requests answered by a provider with these moods."""
    provider = Provider(seed, models)
    asyncio.run(run(server.url, rate=50, seed=seed, requests=REQUESTS, stop=asyncio.Event(), provider=provider))
    asked = f"root.name = 'support request' and session_id like 's-{seed}-%'"
    rows = eventually(
        lambda: server.get("/api/v1/traces", limit=200, filter=asked)["traces"],
        lambda found: len(found) == REQUESTS and all(row["settled"] for row in found),
    )
    return Told(provider, [server.get(f"/api/v1/traces/{row['trace_id']}")["spans"] for row in rows])


@pytest.fixture(scope="module")
def busy(front_door: Server) -> Told:
    """The first model always says 429; the other one answers."""
    return tell(front_door, 21, STEADY | {"gpt-4o": replace(STEADY["gpt-4o"], busy=1.0)})


@pytest.fixture(scope="module")
def down(front_door: Server) -> Told:
    """The first model always says 429 and the other one always breaks."""
    moods = {"gpt-4o": replace(STEADY["gpt-4o"], busy=1.0), "claude-sonnet-4-5": replace(STEADY["claude-sonnet-4-5"], broken=1.0)}
    return tell(front_door, 22, STEADY | moods)


def test_a_busy_model_is_tried_twice_and_then_another_one_stands_in(busy: Told) -> None:
    generated = list(busy.calls_of("generate"))
    assert generated
    for first, second, third in generated:
        assert [tuple(call[fact] for fact in CALL_FACTS[:3]) for call in (first, second, third)] == [
            (1, "gpt-4o", "rate_limited"),
            (2, "gpt-4o", "rate_limited"),
            (3, "claude-sonnet-4-5", None),
        ]
        assert [first["fallback_of"], second["fallback_of"]] == [None, None], "the same model again is a retry"
        assert third["fallback_of"] == second["span_id"]


def test_a_call_that_succeeds_at_once_is_the_first_try(busy: Told) -> None:
    rewrites = list(busy.calls_of("rewrite"))
    assert rewrites
    assert {tuple(call["attempt"] for call in calls) for calls in rewrites} == {(1,)}


def test_failures_are_as_many_and_as_named_as_the_provider_made_them(down: Told) -> None:
    shown: dict[str, Counter[str]] = {}
    for trace in down.traces:
        for span in trace:
            if span["kind"] == "llm" and span["status"] == "error":
                shown.setdefault(span["request_model"], Counter())[span["error_type"]] += 1
    assert shown == down.provider.failed
    assert set(shown) == {"gpt-4o", "claude-sonnet-4-5"}


def test_a_request_that_nobody_answers_ends_in_an_apology_and_says_so(down: Told) -> None:
    failed = [trace for trace in down.traces if any(span["name"] == "generate" for span in trace)]
    assert failed
    for trace in failed:
        root = next(span for span in trace if not span["parent_span_id"])
        generate = next(span for span in trace if span["name"] == "generate")
        assert root["status"] == generate["status"] == "error"
        assert "not available" in root["content"]["output_value"]
        assert generate["content"]["state"]["after"] == {"failed": True, "error": "InternalServerError"}
        assert "The server had an error" in generate["content"]["output_value"]["error"]
