"""Scores over HTTP: stored once, with the facts of their targets, whichever came first."""

import time
from typing import Any

import httpx
import pytest

from sightline.serve.score_models import ScoreNames, ScorePage, ScoresStored
from tests.otlp import new_id, span, traces
from tests.running import Server, eventually


def post(server: Server, project: str, *scores: dict[str, Any]) -> ScoresStored:
    response = httpx.post(f"{server.url}/api/v1/scores", params={"project": project}, json={"scores": scores}, timeout=30)
    assert response.status_code == 200, response.text
    return ScoresStored.model_validate(response.json())


def listed(server: Server, project: str, **params: str) -> list[dict[str, Any]]:
    page = server.get("/api/v1/scores", project=project, **params)
    ScorePage.model_validate(page)
    return list(page["scores"])


def send(server: Server, project: str, *, settled: bool = True) -> tuple[str, str]:
    """A trace of an LLM call under a root, in session s-1; its id and that of the call."""
    trace, root, call = new_id(16), new_id(8), new_id(8)
    said = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.prompt.version": "7"}
    about = {"sightline.task": "answer", "sightline.tenant": "acme", "session.id": "s-1"}
    body = traces(
        [
            span("ask", trace_id=trace, span_id=root, said=about, ms=20),
            span("chat gpt-4o", trace_id=trace, span_id=call, parent_span_id=root, said=said),
        ],
        resource={"service.name": "assistant", "deployment.environment.name": "prod", "service.version": "1.2"},
    )
    assert server.send("traces", body.SerializeToString(), headers={"x-sightline-project": project}).status_code == 200
    if settled:
        eventually(
            lambda: server.count(of="traces", project=project, filter=f"trace_id = '{trace.hex()}' and settled = true"), lambda n: n == 1
        )
    return trace.hex(), call.hex()


def test_a_score_has_the_facts_of_its_target(server: Server, project: str) -> None:
    trace, call = send(server, project)
    done = post(
        server,
        project,
        {"trace_id": trace.upper(), "span_id": call, "name": "groundedness", "value": True, "source": "judge", "author": "j1",
         "version": "2", "explanation": "all claims hold", "confidence": 0.9, "probability": 0.25,
         "metadata": {"claims": 3, "by": "core"}, "cost_usd": 0.001, "latency_ns": 5},
        {"trace_id": trace, "name": "tone", "value": 4, "label": "friendly", "type": "ordinal"},
        {"session_id": "s-1", "name": "resolved", "label": "yes", "type": "binary", "source": "user"},
    )  # fmt: skip
    assert (done.stored, done.rejected) == (3, [])
    by_name = {row["name"]: row for row in listed(server, project)}
    one = by_name["groundedness"]
    facts = {
        "task": "answer",
        "model": "gpt-4o",
        "prompt_version": "7",
        "tenant": "acme",
        "environment": "prod",
        "service": "assistant",
        "release": "1.2",
    }
    assert {name: one[name] for name in facts} == facts
    assert (one["target"], one["trace_id"], one["span_id"], one["session_id"]) == ("span", trace, call, None)
    assert (one["type"], one["value"], one["label"], one["metadata"]) == ("binary", 1.0, None, {"claims": "3", "by": "core"})
    assert (one["confidence"], one["probability"], one["cost_usd"], one["latency_ns"], one["settled"]) == (0.9, 0.25, 0.001, 5, True)
    [call_row] = server.get("/api/v1/spans", project=project, filter="kind = llm")["spans"]
    assert one["start_ns"] == call_row["start_ns"]
    assert {name: by_name["tone"][name] for name in ("target", "type", "label", "value", "task", "model")} == {
        "target": "trace", "type": "ordinal", "label": "friendly", "value": 4, "task": "answer", "model": "gpt-4o",
    }  # fmt: skip
    resolved = by_name["resolved"]
    assert (resolved["target"], resolved["session_id"], resolved["value"], resolved["tenant"]) == ("session", "s-1", 1, "acme")
    assert server.query("mean(score.groundedness)", project=project, of="traces", group_by=["task"]) == [
        {"task": "answer", "mean(score.groundedness)": 1}
    ]
    names = ScoreNames.model_validate(server.get("/api/v1/scores/names", project=project)).names
    assert {name.name: (name.type, name.sources, name.targets, name.count) for name in names} == {
        "groundedness": ("binary", ["judge"], ["span"], 1),
        "tone": ("ordinal", ["external"], ["trace"], 1),
        "resolved": ("binary", ["user"], ["session"], 1),
    }


def test_the_same_score_said_again_replaces_the_first(server: Server, project: str) -> None:
    trace, call = send(server, project)
    score = {"trace_id": trace, "span_id": call, "name": "g", "source": "judge", "author": "j", "version": "1"}
    post(server, project, score | {"value": 0.1})
    post(server, project, score | {"value": 0.2}, score | {"value": 0.3}, score | {"value": 9, "version": "2"})
    assert sorted((row["version"], row["value"]) for row in listed(server, project)) == [("1", 0.3), ("2", 9)]
    assert [(row["version"], row["value"]) for row in listed(server, project, version="2", author="j", source="judge", name="g")] == [
        ("2", 9)
    ]
    assert listed(server, project, name="g", source="person") == []


def test_a_score_may_come_before_its_target(server: Server, project: str) -> None:
    trace = new_id(16)
    post(server, project, {"trace_id": trace.hex(), "name": "thumb", "value": 1, "source": "user"})
    [early] = listed(server, project)
    assert (early["settled"], early["task"]) == (False, None)
    start_ns = time.time_ns() - 3_600 * 10**9
    body = traces([span("ask", trace_id=trace, said={"sightline.task": "answer"}, start_ns=start_ns)])
    server.send("traces", body.SerializeToString(), headers={"x-sightline-project": project})
    [late] = eventually(lambda: listed(server, project), lambda rows: [row["settled"] for row in rows] == [True])
    assert (late["task"], late["start_ns"], late["id"], late["received"]) == ("answer", str(start_ns), early["id"], early["received"])


@pytest.mark.parametrize(
    ("score", "reason"),
    [
        ({"trace_id": "xyz", "value": 1}, "trace_id: String should match"),
        ({"value": 1}, "says of nothing"),
        ({"trace_id": "ab" * 16}, "neither a value nor a label"),
        ({"span_id": "ab" * 8, "value": 1}, "span_id needs the trace_id"),
        ({"trace_id": "ab" * 16, "target": "span", "value": 1}, "needs span_id"),
        ({"trace_id": "ab" * 16, "value": 0.5, "type": "binary"}, "a binary score is 1"),
        ({"trace_id": "ab" * 16, "value": 1, "type": "categorical"}, "has a label"),
        ({"trace_id": "ab" * 16, "label": "x", "type": "ordinal"}, "has a value"),
        ({"trace_id": "ab" * 16, "value": 1, "probability": 0}, "probability: Input should be greater than 0"),
        ({"trace_id": "ab" * 16, "value": "NaN"}, "value: Input should be a finite number"),
        ({"trace_id": "ab" * 16, "value": 1, "sauce": "x"}, "sauce: Extra inputs are not permitted"),
        ({"trace_id": "ab" * 16, "value": 1, "explanation": "x" * 20_001}, "at most 20000 characters"),
    ],
)
def test_what_can_not_be_a_score_is_rejected_by_itself(server: Server, project: str, score: dict[str, Any], reason: str) -> None:
    good = {"session_id": "s", "name": "n", "value": 1, "explanation": "x" * 20_000}
    done = post(server, project, {"name": "n"} | score, good)
    assert (done.stored, [row.index for row in done.rejected]) == (1, [0])
    assert reason in done.rejected[0].reason
    assert [row["session_id"] for row in listed(server, project)] == ["s"]


def test_a_request_holds_a_thousand_scores(server: Server, project: str) -> None:
    score = {"name": "n", "value": 1}
    assert post(server, project, *(score | {"session_id": f"s{i}"} for i in range(1_000))).stored == 1_000
    response = httpx.post(f"{server.url}/api/v1/scores", json={"scores": [score | {"session_id": "s"}] * 1_001}, timeout=30)
    assert response.status_code == 422
    assert "1000" in response.json()["error"]


def test_scores_survive_a_kill(server: Server, project: str) -> None:
    trace, call = send(server, project)
    post(server, project, {"trace_id": trace, "span_id": call, "name": "g", "value": 1})
    server.kill()
    server.start()
    assert [row["value"] for row in listed(server, project)] == [1]
