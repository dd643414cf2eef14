"""Judges over a running server: a worker as a process of its own, an endpoint over real HTTP."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.judge.standin import Asked, StandIn, standing
from tests.judge.working import definition, make, scores, send, working
from tests.running import Server, eventually


def says(asked: Asked) -> Mapping[str, Any]:
    """Passes what says 'right'."""
    answer = asked.sections["answer"]
    return {"reasoning": f"it says {answer}", "verdict": "pass" if "right" in answer else "fail", "confidence": 0.8}


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with standing(StandIn(says, keep=True)) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def worker(server: Server) -> Iterator[None]:
    with working(server, "--concurrency", "8"):
        yield


def test_settled_spans_are_judged_and_the_verdict_is_a_score(server: Server, worker: None, standin: StandIn, project: str) -> None:
    judge = make(server, project, "rightness", definition(standin.url))
    ids = send(server, project, ["right one", "wrong one"], documents=["the document"])
    rows = eventually(lambda: scores(server, project), lambda rows: len(rows) == 2 and all(row["settled"] for row in rows))
    by_span = {row["span_id"]: row for row in rows}
    right, wrong = (by_span[call] for _, call in ids)
    assert (right["value"], right["label"], right["type"], right["confidence"]) == (1, "pass", "binary", 0.8)
    assert (wrong["value"], wrong["label"], wrong["explanation"]) == (0, "fail", "it says wrong one")
    assert (right["source"], right["author"], right["version"], right["name"]) == ("judge", judge["id"], "1", "rightness")
    assert (right["probability"], right["cost_usd"], right["task"], right["model"]) == (1, pytest.approx(500e-6 + 100e-6), "qa", "m")
    # the judge saw what was asked and found
    asked = next(one for one in standin.asked if one.sections["answer"] == "right one")
    assert (asked.sections["question"], asked.sections["documents"]) == ("What is it?", "document 1:\nthe document")
    # and its own call is a trace of a project apart
    own = eventually(
        lambda: server.query("count", of="spans", project=f"{project}-judges", group_by=["kind"], order="kind"),
        lambda found: sum(row["count"] for row in found) == 4,
    )
    assert {row["kind"]: row["count"] for row in own} == {"evaluator": 2, "llm": 2}
    trace = eventually(
        lambda: httpx.get(f"{server.url}/api/v1/traces/{right['judge_trace_id']}", params={"project": f"{project}-judges"}),
        lambda answer: answer.status_code == 200,
    )
    assert {one["input_tokens"] for one in trace.json()["spans"]} == {None, 500}
    stand = server.get(f"/api/v1/judges/{judge['id']}/backlog")
    assert (stand["matching"], stand["selected"], stand["judged"], stand["owed"]) == (2, 2, 2, 0)
    assert (stand["spend"][0]["verdicts"], stand["spend"][0]["spent_usd"]) == (2, pytest.approx(2 * 600e-6))
    assert stand["spend"][0]["committed_usd"] == pytest.approx(stand["spend"][0]["spent_usd"])


def test_a_new_version_judges_what_comes_after_it_and_the_past_on_demand(
    server: Server, worker: None, standin: StandIn, project: str
) -> None:
    send(server, project, ["right", "wrong", "right"])
    judge = make(server, project, "rightness", definition(standin.url))
    changed = httpx.put(
        f"{server.url}/api/v1/judges/{judge['id']}", json={"definition": definition(standin.url, rubric="Be strict.")}
    ).json()
    assert (judge["version"], changed["version"]) == (1, 2)
    versions = server.get(f"/api/v1/judges/{judge['id']}/versions")["versions"]
    assert [(one["version"], one["definition"]["rubric"]) for one in versions] == [(2, "Be strict."), (1, judge["definition"]["rubric"])]
    path = f"{server.url}/api/v1/judges/{judge['id']}/backfills"
    estimate = httpx.post(path, json={"from": "-1h", "estimate": True}).json()
    assert (estimate["id"], estimate["selected"], estimate["owed"]) == (None, 3, 3)
    assert estimate["usd"] > 0
    assert scores(server, project) == []
    assert httpx.post(path, json={"from": "-1h"}).json()["owed"] == 3
    rows = eventually(lambda: scores(server, project), lambda rows: len(rows) == 3)
    assert {row["version"] for row in rows} == {"2"}
    stand = eventually(
        lambda: server.get(f"/api/v1/judges/{judge['id']}/backlog"), lambda found: found["backfills"][0]["state"] == "done", within_s=30
    )
    assert (stand["backfills"][0]["selected"], stand["backfills"][0]["judged"]) == (3, 3)


def test_sampling_keeps_the_probability(server: Server, worker: None, standin: StandIn, project: str) -> None:
    send(server, project, [f"right {i}" for i in range(60)])
    sampling = {"kind": "weighted", "rate": 0.25, "boosts": [{"filter": "output_preview like '%5'", "weight": 4}]}
    sampled = definition(standin.url, sampling=sampling)
    make(server, project, "weighted", sampled, backfill_from="-1h")
    rows = eventually(lambda: scores(server, project), lambda rows: sum(row["probability"] == 1 for row in rows) == 6)
    # those that end in 5 are judged always, of the others about a quarter
    assert sum(1 / row["probability"] for row in rows) == pytest.approx(60, abs=30)
    assert {row["probability"] for row in rows} == {0.25, 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"filter": "kind = lmm"}, "did you mean llm"),
        ({"rubric": ""}, "needs a rubric"),
        ({"model": None}, "one of model, jury"),
        ({"sampling": {"kind": "stratified", "rate": 0.1}}, "names facts in `by`"),
        ({"sampling": {"kind": "stratified", "rate": 0.1, "by": ["nonsense"]}}, "nonsense"),
        ({"output": {"type": "binary", "levels": ["a", "b", "c"]}}, "two levels"),
        ({"budget_usd_per_day": 0.00001}, "One call may cost"),
        ({"model": {"model": "nobody-knows-it", "endpoint": "http://localhost:1"}, "budget_usd_per_day": 1.0}, "No price is known"),
        ({"model": None, "evaluator": {"name": "nonsense"}}, "no evaluator 'nonsense'"),
    ],
)
def test_a_judge_that_can_not_be_says_what_is_wrong(server: Server, project: str, change: dict[str, Any], reason: str) -> None:
    body = {"name": "n", "definition": definition("http://localhost:1") | change}
    response = httpx.post(f"{server.url}/api/v1/judges", params={"project": project}, json=body, timeout=30)
    assert response.status_code == 422
    assert reason in response.text


def test_a_definition_is_tried_before_it_is_switched_on(server: Server, worker: None, standin: StandIn, project: str) -> None:
    [(trace, call)] = send(server, project, ["a right answer"])
    body = {"definition": definition(standin.url), "trace_id": trace, "span_id": call}
    tried = httpx.post(f"{server.url}/api/v1/judges/try", params={"project": project}, json=body, timeout=30).json()
    assert (tried["value"], tried["label"], tried["explanation"], tried["error"]) == (1, "pass", "it says a right answer", None)
    assert "a right answer" in tried["prompt"]
    assert scores(server, project) == []
    code = {"target": "span", "filter": "kind = llm", "evaluator": {"name": "regex", "options": {"pattern": "wrong"}}}
    tried = httpx.post(f"{server.url}/api/v1/judges/try", params={"project": project}, json={"definition": code}, timeout=30).json()
    assert (tried["value"], tried["label"], tried["span_id"]) == (0, "fail", call)
    forecast = httpx.post(
        f"{server.url}/api/v1/judges/forecast", params={"project": project}, json={"definition": definition(standin.url)}
    ).json()
    assert forecast["matching_per_week"] > 0
    assert forecast["usd_per_week"] == pytest.approx(forecast["verdicts_per_week"] * forecast["usd_per_verdict"])


def test_code_judges_like_a_judge(server: Server, worker: None, project: str) -> None:
    code = {"target": "trace", "evaluator": {"name": "length", "options": {"most": 10}}}
    judge = make(server, project, "short", code)
    send(server, project, ["short", "much too long an answer"])
    rows = eventually(lambda: scores(server, project), lambda rows: len(rows) == 2)
    assert sorted((row["source"], row["author"], row["target"], row["value"]) for row in rows) == [
        ("code", judge["id"], "trace", 0),
        ("code", judge["id"], "trace", 1),
    ]


def test_a_jury_decides_together(server: Server, worker: None, standin: StandIn, project: str) -> None:
    one = definition(standin.url)["model"]
    jury = [one | {"model": f"m{i}"} for i in range(3)]
    make(server, project, "jury", definition(standin.url, model=None, jury=jury))
    send(server, project, ["right"])
    [row] = eventually(lambda: scores(server, project), lambda rows: len(rows) == 1)
    assert (row["label"], row["confidence"], json.loads(row["metadata"]["votes"])) == ("pass", 1, ["pass"] * 3)
    assert row["cost_usd"] == pytest.approx(3 * 600e-6)
