"""Anchors are judged again by the worker, as scores of their own."""

import httpx

from tests.judge.standin import StandIn, standing
from tests.judge.working import definition, make, scores, send, working
from tests.running import Server, eventually

ANSWERS = 12


def test_anchors_are_judged_again_and_what_was_said_of_traffic_stays(server: Server, project: str) -> None:
    with standing(StandIn(lambda asked: {"reasoning": "right", "verdict": "pass", "confidence": 0.9})) as endpoint, working(server):
        made = make(server, project, "right", definition(endpoint.url))
        ids = send(server, project, [f"answer {i}" for i in range(ANSWERS)])
        eventually(lambda: len(scores(server, project, source="judge", name="right")), lambda n: n == ANSWERS, within_s=90)
        labels = [
            {"name": "right", "source": "person", "author": "ann", "type": "binary", "value": i % 2, "probability": 1}
            | {"trace_id": trace, "span_id": span}
            for i, (trace, span) in enumerate(ids[:10])
        ]
        url = f"{server.url}/api/v1"
        httpx.post(f"{url}/scores", params={"project": project}, json={"scores": labels}, timeout=30).raise_for_status()
        chosen = httpx.post(f"{url}/quality/judges/{made['id']}/anchors", params={"project": project}, timeout=30)
        assert chosen.json()["anchors"] == 10, chosen.text
        again = eventually(lambda: scores(server, project, name="right-anchors"), lambda found: len(found) == 10, within_s=150)
        assert {one["author"] for one in again} == {made["id"]}
        assert {one["version"].partition("/")[0] for one in again} == {"1"}
        assert len(scores(server, project, source="judge", name="right")) == ANSWERS
        told = server.get(f"/api/v1/quality/judges/{made['id']}/anchors", project=project)
        assert (told["judged"], told["moved_by"], told["who_moved"]) == (10, 0.0, "none")
