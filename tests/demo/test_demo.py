"""The demo is what it looks like: every hop says what went in, what came out, its state and its decision."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sightline.demo.knowledge import embed, search
from sightline.demo.provider import Provider
from sightline.demo.traffic import Exported, run
from tests.running import Server, eventually, running

DECIDERS = {"guard the question", "guard the answer", "rerank", "route", "generate", "choose tool", "escalate", "answer cache"}
REQUESTS = 30
SEED = 3


@dataclass(frozen=True, slots=True)
class Told:
    """The server that was told, the provider that knows, and the traces as the API shows them."""

    server: Server
    provider: Provider
    done: Exported
    traces: list[list[dict[str, Any]]]

    @property
    def spans(self) -> list[dict[str, Any]]:
        return [span for trace in self.traces for span in trace]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Thirty requests through the front door."""
    with running(tmp_path_factory.mktemp("demo") / "data", settle_quiet_s=0.3, settle_every_s=0.2) as server:
        provider = Provider(SEED)
        done = asyncio.run(run(server.url, rate=20, seed=SEED, requests=REQUESTS, stop=asyncio.Event(), provider=provider))
        eventually(lambda: server.count(of="traces"), lambda n: n == REQUESTS + done.feedback)
        eventually(lambda: server.count(filter="settled = true"), lambda n: n == server.count())
        rows = server.get("/api/v1/traces", limit=200)["traces"]
        yield Told(server, provider, done, [server.get(f"/api/v1/traces/{row['trace_id']}")["spans"] for row in rows])


def test_every_request_is_one_whole_trace(told: Told) -> None:
    assert told.done.requests == REQUESTS
    assert len(told.traces) == REQUESTS + told.done.feedback
    for trace in told.traces:
        by_id = {span["span_id"]: span for span in trace}
        roots = [span["name"] for span in trace if not span["parent_span_id"]]
        assert roots in (["support request"], ["feedback"])
        assert {span["parent_span_id"] for span in trace if span["parent_span_id"]} <= by_id.keys()


def test_every_hop_shows_its_input_output_state_and_decision(told: Told) -> None:
    names = {span["name"] for span in told.spans}
    assert {"support request", "rewrite", "embed", "retrieve", "rerank", "route", "generate"} <= names
    for span in told.spans:
        content = span["content"]
        assert content["input_value"] is not None or content["input_messages"] or content["tool_call"], span["name"]
        own = span["scope"]["name"] == "fjellbekk.support"  # the client's own spans are its library's
        if own:
            assert content["output_value"] is not None, span["name"]
            assert set(content["state"]) == {"before", "after"}, span["name"]
        if span["status"] == "error":
            continue
        answered = content["output_value"] is not None or content["output_messages"]
        assert answered or span["kind"] == "embedding", span["name"]
        if span["name"] in DECIDERS:
            assert {"chosen", "alternatives", "reason", "confidence"} <= set(content["decision"]), span["name"]


def test_tokens_are_what_the_provider_served(told: Told) -> None:
    facts = ("input_tokens", "output_tokens", "cache_read_tokens")
    models = {span["request_model"] for span in told.spans if span["kind"] in {"llm", "embedding"}}
    assert set(told.provider.served) <= models
    for model in models:
        calls = [span for span in told.spans if span["request_model"] == model and span["status"] != "error"]
        served = told.provider.served.get(model, {"calls": 0} | dict.fromkeys(facts, 0))
        assert {"calls": len(calls)} | {fact: sum(span[fact] or 0 for span in calls) for fact in facts} == served, model


def test_the_provider_served_prompts_from_its_cache_and_they_are_within_the_input(told: Told) -> None:
    hits = [span for span in told.spans if span["cache_read_tokens"]]
    assert hits
    assert all(span["cache_read_tokens"] < span["input_tokens"] for span in hits)


def test_streams_have_a_first_token(told: Told) -> None:
    streamed = [span for span in told.spans if span["kind"] == "llm" and span["streamed"] and span["status"] != "error"]
    assert streamed
    for span in streamed:
        assert 0 < span["ttft_ns"] < span["duration_ns"]


def test_tenants_and_sessions_reach_every_span_of_a_request(told: Told) -> None:
    assert len([trace for trace in told.traces if trace[0]["task"] == "support"]) == REQUESTS
    for trace in told.traces:
        for fact in ("tenant", "session_id", "user_id", "task"):
            said = {span[fact] for span in trace}
            assert len(said) == 1, fact
            assert None not in said, fact


def test_all_three_signals_arrive_and_nothing_is_lost(told: Told) -> None:
    assert told.done.feedback > 0
    rows = told.server.get("/api/v1/ledger")["rows"]
    for signal in ("traces", "logs", "metrics"):
        of = [row for row in rows if row["signal"] == signal]
        received, stored = (sum(row[name] for row in of) for name in ("received", "stored"))
        assert received == stored > 0, signal


def test_different_questions_get_different_answers() -> None:
    questions = ("How long do refunds take?", "Can I rent a tent?", "gift cards")
    found = {question: search(embed(question), top=1)[0][0].id for question in questions}
    assert found == {"How long do refunds take?": "kb-001", "Can I rent a tent?": "kb-025", "gift cards": "kb-017"}


def test_the_application_goes_on_when_nobody_listens() -> None:
    done = asyncio.run(run("http://127.0.0.1:9", rate=50, seed=1, requests=1, stop=asyncio.Event()))
    assert done.requests == 1
