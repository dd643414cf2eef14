"""Killed and failed in every way: each target one score for a version, nothing lost, no budget exceeded.

`python -m bench.judging --chaos 5000` does the same with five thousand.
"""

import csv
import gzip
import signal
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.judge.standin import Asked, StandIn, standing
from tests.judge.working import Process, definition, make, scores, send, working
from tests.running import Server, eventually, running

FAILURES = {"429": 0.06, "500": 0.05, "hang": 0.01, "malformed": 0.04, "slow": 0.04}
USD_A_CALL = 600e-6  # of 500 tokens in and 50 out, at the prices of `definition`


def recorded(shared: Path) -> dict[str, str]:
    """What GPT-4 said of each answer: real verdicts, by item and model."""
    with gzip.open(shared / "data" / "judge_triviaqa_binary" / "verdicts.csv.gz", "rt") as file:
        return {f"{row['item_id']}/{row['exam_taker']}": "pass" if row["GPT-4"] == "1" else "fail" for row in csv.DictReader(file)}


def answering(verdicts: Mapping[str, str]) -> Any:
    def verdict(asked: Asked) -> Mapping[str, Any]:
        return {"reasoning": "as recorded", "verdict": verdicts[asked.sections["answer"]], "confidence": 0.9}

    return verdict


def test_every_target_has_one_score_whatever_dies(tmp_path: Path, shared: Path, project: str) -> None:
    verdicts = recorded(shared)
    answers = list(verdicts)[:120]
    budget = 4.0
    with standing(StandIn(answering(verdicts), failures=FAILURES, delay_s=0.1, hang_s=3)) as endpoint:
        options: dict[str, Any] = {"settle_quiet_s": 0.3, "settle_every_s": 0.2, "workers_gone_s": 3}
        with running(tmp_path / "data", **options) as server:
            defined = definition(endpoint.url, budget_usd_per_day=budget, timeout_s=1.5)
            make(server, project, "correctness", defined)
            ids = send(server, project, answers)
            said = {call: verdicts[answer] for answer, (_, call) in zip(answers, ids, strict=True)}
            first, second = (Process(server, "--concurrency", "8").start() for _ in range(2))
            judged_some(server, project, 30)
            first.end(signal.SIGKILL)
            judged_some(server, project, 60)
            server.kill()
            second.end(signal.SIGKILL)
            server.start()
            with working(server, "--concurrency", "8"):
                eventually(lambda: len(scores(server, project)), lambda n: n >= len(answers), within_s=120)
            rows = scores(server, project)
            [judge] = server.get("/api/v1/judges", project=project)["judges"]
            stand = server.get(f"/api/v1/judges/{judge['id']}/backlog")
    assert Counter(row["span_id"] for row in rows) == Counter(said.keys())
    assert {row["span_id"]: row["label"] for row in rows} == said
    assert set(endpoint.calls) == {"answered", *FAILURES}
    assert stand["owed"] == 0
    # what was committed covers all that the endpoint would bill, those that nobody heard of included
    billed = endpoint.charged * USD_A_CALL
    assert billed <= stand["spend"][0]["committed_usd"] <= budget


def judged_some(server: Server, project: str, count: int) -> None:
    eventually(lambda: len(scores(server, project)), lambda n: n >= count, within_s=60)


def test_a_budget_is_never_exceeded_by_several_workers(server: Server, project: str) -> None:
    budget = 0.03
    with standing(StandIn(lambda _: {"reasoning": "", "verdict": "pass", "confidence": 1}, failures={"malformed": 0.1})) as endpoint:
        judge = make(server, project, "costly", definition(endpoint.url, budget_usd_per_day=budget))
        send(server, project, [f"answer {i}" for i in range(80)])
        with working(server, "--concurrency", "8"), working(server, "--concurrency", "8"):
            path = f"/api/v1/judges/{judge['id']}/backlog"
            stand = eventually(
                lambda: server.get(path),
                lambda found: found["in_flight"] == 0 and found["judged"] > 0 and spent(found) > budget - 0.012,
                within_s=60,
            )
        stand = server.get(path)  # the workers have gone and have said all
    # a call that nobody heard of counts with all that it may have cost
    assert endpoint.charged * USD_A_CALL <= spent(stand) + 1e-9
    assert spent(stand) <= stand["spend"][0]["committed_usd"] + 1e-9 <= budget + 1e-9
    assert 0 < stand["owed"] < 80


def spent(stand: Mapping[str, Any]) -> float:
    return float(stand["spend"][0]["spent_usd"]) if stand["spend"] else 0.0


def test_a_rate_limit_holds(server: Server, project: str) -> None:
    with standing(StandIn(lambda _: {"reasoning": "", "verdict": "pass", "confidence": 1})) as endpoint:
        make(server, project, "slow", definition(endpoint.url, rate_limit_per_minute=60))
        send(server, project, [f"answer {i}" for i in range(40)])
        with working(server, "--concurrency", "8"):
            first = eventually(lambda: scores(server, project), lambda rows: len(rows) >= 5)
    # ten seconds' worth at once at the most
    assert len(first) <= 12


def test_what_has_no_key_or_answers_nonsense_is_told(server: Server, project: str) -> None:
    with standing(StandIn(lambda _: {"verdict": "maybe"})) as endpoint:
        model = definition(endpoint.url)["model"]
        nameless = make(server, project, "keyless", definition(endpoint.url, model=model | {"api_key_env": "NO_SUCH_KEY"}))
        nonsense = make(server, project, "nonsense", definition(endpoint.url))
        send(server, project, ["an answer"])
        with working(server):

            def errors() -> list[str]:
                return [server.get(f"/api/v1/judges/{judge['id']}/backlog")["last_error"] or "" for judge in (nameless, nonsense)]

            eventually(errors, lambda told: "NO_SUCH_KEY" in told[0] and "no verdict" in told[1], within_s=40)
    assert scores(server, project) == []
    assert httpx.get(f"{server.url}/api/v1/judges/{nonsense['id']}/backlog").json()["failing"] == 1
