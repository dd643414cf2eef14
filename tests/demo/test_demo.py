"""The demo is what it looks like: every hop says what went in, what came out, its state and its decision."""

import asyncio
from typing import Any

import pytest

from sightline.demo.knowledge import embed, search
from sightline.demo.traffic import run
from tests.running import Server, eventually, running

DECIDERS = {"guard the question", "guard the answer", "rerank", "route", "generate", "choose tool", "escalate", "answer cache"}
REQUESTS = 30


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Thirty requests through the front door, and the server that has them."""
    with running(tmp_path_factory.mktemp("demo") / "data", settle_quiet_s=0.3, settle_every_s=0.2) as server:
        done = asyncio.run(run(server.url, rate=20, seed=3, requests=REQUESTS, stop=asyncio.Event()))
        assert done.requests == REQUESTS
        eventually(lambda: server.count(of="traces", filter="root.name = 'support request'"), lambda n: n == REQUESTS)
        yield server


def details(server: Server) -> list[dict[str, Any]]:
    rows = server.get("/api/v1/traces", limit=200)["traces"]
    return [span for row in rows for span in server.get(f"/api/v1/traces/{row['trace_id']}")["spans"]]


def test_every_hop_shows_its_input_output_state_and_decision(told: Server) -> None:
    spans = details(told)
    names = {span["name"] for span in spans}
    assert {"support request", "rewrite", "embed", "retrieve", "rerank", "route", "generate"} <= names
    for span in spans:
        content = span["content"]
        assert content["input_value"] is not None or content["input_messages"] or content["tool_call"], span["name"]
        if span["status"] == "error":
            continue
        answered = content["output_value"] is not None or content["output_messages"] or content["documents"] or content["tool_call"]
        assert answered or span["kind"] == "embedding", span["name"]
        if span["scope"]["name"] == "fjellbekk.support":  # the client's own spans are its library's
            assert set(content["state"]) == {"before", "after"}, span["name"]
        if span["name"] in DECIDERS:
            assert {"chosen", "alternatives", "reason", "confidence"} <= set(content["decision"]), span["name"]


def test_streams_have_a_first_token_and_tokens_are_counted(told: Server) -> None:
    streamed = [span for span in details(told) if span["kind"] == "llm" and span["streamed"] and span["status"] != "error"]
    assert streamed
    for span in streamed:
        assert 0 < span["ttft_ns"] < span["duration_ns"]
        assert span["input_tokens"] > span["output_tokens"] > 0


def test_tenants_tasks_and_sessions_reach_every_span(told: Server) -> None:
    rows = told.query("count", group_by=["task"], filter="tenant is null and task = 'support'")
    assert rows == []


def test_different_questions_get_different_answers() -> None:
    questions = ("How long do refunds take?", "Can I rent a tent?", "gift cards")
    found = {question: search(embed(question), top=1)[0][0].id for question in questions}
    assert found == {"How long do refunds take?": "kb-001", "Can I rent a tent?": "kb-025", "gift cards": "kb-017"}


def test_the_application_goes_on_when_nobody_listens() -> None:
    done = asyncio.run(run("http://127.0.0.1:9", rate=50, seed=1, requests=1, stop=asyncio.Event()))
    assert done.requests == 1
