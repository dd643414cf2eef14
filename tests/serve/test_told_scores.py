"""Scores that come as other systems tell them: in telemetry, and at Langfuse's and Phoenix's paths."""

import time
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.otlp import attributes, new_id, span, traces
from tests.running import Server, eventually


def scores(server: Server, project: str, count: int) -> list[dict[str, Any]]:
    """The scores once there are so many and their targets have settled."""
    return eventually(
        lambda: list(server.get("/api/v1/scores", project=project, order="start")["scores"]),
        lambda rows: len(rows) == count and all(row["settled"] for row in rows),
    )


def send(server: Server, project: str, *spans: Span) -> None:
    body = traces(spans).SerializeToString()
    assert server.send("traces", body, headers={"x-sightline-project": project}).status_code == 200


def log(server: Server, project: str, said: dict[str, object], *, trace: bytes = b"", span_id: bytes = b"") -> None:
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    scope.scope.name = "evaluators"
    scope.log_records.add(
        time_unix_nano=time.time_ns(), event_name="gen_ai.evaluation.result", trace_id=trace, span_id=span_id, attributes=attributes(said)
    )
    assert server.send("logs", request.SerializeToString(), headers={"x-sightline-project": project}).status_code == 200


def test_an_evaluation_result_is_a_score_of_the_span_that_it_belongs_to(server: Server, project: str) -> None:
    trace, call = new_id(16), new_id(8)
    said = {"gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.value": 0.75, "gen_ai.evaluation.score.label": "relevant"}
    name, now_ns = "gen_ai.evaluation.result", time.time_ns()
    events = [
        Span.Event(name=name, time_unix_nano=now_ns, attributes=attributes(said | {"gen_ai.evaluation.explanation": "why"})),
        Span.Event(name=name, time_unix_nano=now_ns, attributes=attributes({"gen_ai.evaluation.name": "x", "error.type": "timeout"})),
    ]
    about = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.response.id": f"resp-{project}"}
    send(server, project, span("chat", trace_id=trace, span_id=call, said=about, events=events))
    log(server, project, {"gen_ai.evaluation.name": "tone", "gen_ai.evaluation.score.value": 1}, trace=trace, span_id=call)
    log(server, project, {"gen_ai.evaluation.name": "done", "gen_ai.evaluation.score.label": "yes"}, trace=trace)
    found = {row["name"]: row for row in scores(server, project, 3)}
    one = found["relevance"]
    assert (one["target"], one["span_id"], one["value"], one["label"], one["explanation"]) == ("span", call.hex(), 0.75, "relevant", "why")
    assert (one["source"], one["author"], one["type"], one["model"]) == ("external", "tests", "numeric", "m")
    assert (found["tone"]["span_id"], found["tone"]["value"], found["tone"]["author"]) == (call.hex(), 1, "evaluators")
    assert (found["done"]["target"], found["done"]["type"], found["done"]["label"]) == ("trace", "categorical", "yes")
    # said later and without its trace, only by the answer's id
    log(server, project, {"gen_ai.evaluation.name": "late", "gen_ai.evaluation.score.value": 0, "gen_ai.response.id": f"resp-{project}"})
    assert next(row for row in scores(server, project, 4) if row["name"] == "late")["span_id"] == call.hex()


def test_annotations_of_openinference_are_scores_of_span_trace_and_session(server: Server, project: str) -> None:
    call = new_id(8)
    said = {
        "session.id": "s-9",
        "annotations.0.annotation.name": "correctness",
        "annotations.0.annotation.score": 1,
        "annotations.0.annotation.annotator_kind": "HUMAN",
        "annotations.0.annotation.identifier": "ann",
        "annotations.1.annotation.name": "correctness",
        "annotations.1.annotation.label": "right",
        "annotations.1.annotation.annotator_kind": "LLM",
        "annotations.2.annotation.name": "says nothing",
        "trace.evaluations.0.evaluation.name": "task success",
        "trace.evaluations.0.evaluation.score": 0.5,
        "trace.evaluations.0.evaluation.metadata": '{"steps": 3}',
        "session.annotations.0.annotation.name": "resolved",
        "session.annotations.0.annotation.label": "yes",
    }
    send(server, project, span("chat", span_id=call, said=said))
    found = {(row["name"], row["source"]): row for row in scores(server, project, 4)}
    assert {key: (row["target"], row["value"], row["label"], row["author"]) for key, row in found.items()} == {
        ("correctness", "person"): ("span", 1, None, "ann"),
        ("correctness", "judge"): ("span", None, "right", "tests"),
        ("task success", "external"): ("trace", 0.5, None, "tests"),
        ("resolved", "external"): ("session", None, "yes", "tests"),
    }
    assert found["task success", "external"]["metadata"] == {"metadata": '{"steps": 3}'}
    assert found["resolved", "external"]["session_id"] == "s-9"


def test_scores_of_langfuse_and_phoenix_clients_are_taken(server: Server, project: str) -> None:
    trace, call = new_id(16), new_id(8)
    send(server, project, span("chat", trace_id=trace, span_id=call))
    eventually(lambda: server.count(project=project), lambda n: n == 1)

    def post(path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(server.url + path, json=body, headers={"x-sightline-project": project}, timeout=30)

    score = {"traceId": trace.hex(), "name": "helpful", "value": 1, "dataType": "BOOLEAN", "comment": "thanks", "id": "l-1"}
    assert post("/api/public/scores", score).json() == {"id": "l-1"}
    mood = score | {"name": "mood", "value": "glad", "dataType": "CATEGORICAL"}
    batch = [
        {"id": "e1", "timestamp": "2026-11-25T00:00:00Z", "type": "score-create", "body": mood},
        {"id": "e2", "type": "trace-create", "body": {}},
        {"id": "e3", "type": "score-create", "body": {"name": "lost", "value": 1}},
    ]
    answered = post("/api/public/ingestion", {"batch": batch})
    assert (answered.status_code, answered.json()["successes"]) == (207, [{"id": "e1", "status": 201}])
    assert [(error["id"], error["status"]) for error in answered.json()["errors"]] == [("e2", 400), ("e3", 400)]
    annotation = {"name": "correctness", "annotator_kind": "LLM", "result": {"label": "correct", "score": 0.8, "explanation": "as asked"}}
    assert post("/v1/span_annotations?sync=false", {"data": [annotation | {"span_id": call.hex()}]}).status_code == 200
    assert post("/v1/trace_annotations", {"data": [annotation | {"trace_id": trace.hex()}]}).status_code == 200
    assert post("/v1/session_annotations", {"data": [annotation | {"session_id": "s"}]}).status_code == 200
    unknown = post("/v1/span_annotations", {"data": [annotation | {"span_id": "ab" * 8}]})
    assert (unknown.status_code, "send its trace first" in unknown.text) == (422, True)
    rows = server.get("/api/v1/scores", project=project)["scores"]
    assert sorted((row["name"], row["target"], row["source"], row["author"], row["value"], row["label"]) for row in rows) == [
        ("correctness", "session", "judge", "phoenix", 0.8, "correct"),
        ("correctness", "span", "judge", "phoenix", 0.8, "correct"),
        ("correctness", "trace", "judge", "phoenix", 0.8, "correct"),
        ("helpful", "trace", "external", "langfuse", 1, None),
        ("mood", "trace", "external", "langfuse", None, "glad"),
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_no_score(server: Server, project: str, value: float) -> None:
    log(
        server,
        project,
        {"gen_ai.evaluation.name": "x", "gen_ai.evaluation.score.value": value, "gen_ai.evaluation.score.label": "odd"},
        trace=new_id(16),
    )
    rows = eventually(lambda: server.get("/api/v1/scores", project=project)["scores"], lambda rows: len(rows) == 1)
    assert (rows[0]["value"], rows[0]["label"], rows[0]["type"]) == (None, "odd", "categorical")
