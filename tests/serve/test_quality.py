"""Quality and reviews over a real server: what is posted comes back corrected, kept, and leads to its traces."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from sightline.serve import quality_models
from tests.otlp import new_id, span, traces
from tests.running import Server, eventually, running

UNITS = 240
NAME, JUDGE = "groundedness", "judge-1"


class Told:
    """A server with 240 judged requests. People would pass five of six; the judge is wrong about every tenth: kind to those that fail."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.ids = [new_id(16) for _ in range(UNITS)]
        self.client = httpx.Client(base_url=server.url + "/api/v1", timeout=60)
        spans = [
            span("POST /chat", trace_id=id_, said={"sightline.task": "support" if i % 2 else "sales", "input.value": f"q{i}"})
            for i, id_ in enumerate(self.ids)
        ]
        server.send("traces", traces(spans).SerializeToString())
        eventually(lambda: server.count(filter="settled = true"), lambda n: n == UNITS)
        self.post_scores(
            {"name": NAME, "source": "judge", "author": JUDGE, "version": "1", "type": "binary", "value": self.judge(i), "confidence": 0.9,
             "explanation": f"because {i}"}
            | {"trace_id": id_.hex()}
            for i, id_ in enumerate(self.ids)
        )  # fmt: skip

    @staticmethod
    def human(i: int) -> float:
        return float(i % 6 != 0)

    @classmethod
    def judge(cls, i: int) -> float:
        return 1.0 if i % 12 == 0 else cls.human(i) if i % 25 else 1 - cls.human(i)

    def post_scores(self, scores: Any) -> None:
        found = self.client.post("/scores", json={"scores": list(scores)}).raise_for_status().json()
        assert found["rejected"] == []

    def label(self, chosen: range, rater: str = "ann") -> None:
        """Labels of units, as of a uniform draw."""
        self.post_scores(
            {"name": NAME, "source": "person", "author": rater, "type": "binary", "value": self.human(i), "trace_id": self.ids[i].hex(),
             "probability": len(chosen) / UNITS, "metadata": {"drawn": "core"}}
            for i in chosen
        )  # fmt: skip

    def get(self, path: str, **params: object) -> Any:
        return self.server.get(f"/api/v1{path}", **params)

    def post(self, path: str, body: object | None = None, **params: str) -> Any:
        response = self.client.post(path, json=body, params=params)
        assert response.status_code < 300, f"{response.status_code} {response.text}"
        return response.json()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with running(tmp_path_factory.mktemp("quality") / "data", settle_quiet_s=0.3, settle_every_s=0.2) as server:
        told = Told(server)
        yield told
        told.client.close()


def fits(model: type[BaseModel], found: Any) -> None:
    """An answer has its model's keys, no more and no less."""
    _same_keys(model.model_validate(found).model_dump(mode="json", by_alias=True), found)


def _same_keys(made: Any, found: Any) -> None:
    if isinstance(found, dict):
        assert made.keys() == found.keys()
        for name in found:
            _same_keys(made[name], found[name])
    elif isinstance(found, list):
        for one, other in zip(made, found, strict=True):
            _same_keys(one, other)


def test_without_labels_a_judge_is_uncalibrated(told: Told) -> None:
    found = told.get("/quality/trend", judge=JUDGE, **{"from": "-1d"})
    fits(quality_models.TrendResponse, found)
    raw = sum(told.judge(i) for i in range(UNITS)) / UNITS
    assert found["total"]["judged"] == UNITS
    assert found["total"]["raw"] == pytest.approx(raw)
    assert found["total"]["corrected"] is None
    assert found["standing"]["note"] == "Never calibrated: label some of what it judged."
    refused = told.client.post(f"/quality/judges/{JUDGE}/calibrations")
    assert refused.status_code == 422
    assert "label some first" in refused.json()["error"]
