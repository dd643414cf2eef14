"""Quality and reviews over a real server: what is posted comes back corrected, kept, and leads to its traces."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from sightline.serve import quality_models, review_models
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
        eventually(lambda: server.count(filter="settled = true"), lambda n: n == UNITS, within_s=90)
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
    with running(tmp_path_factory.mktemp("quality") / "data", settle_quiet_s=0.3, settle_every_s=0.2, reviews_every_s=1) as server:
        made = Told(server)
        yield made
        made.client.close()


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


def test_a_person_labels_by_the_queue_and_sees_the_judge_afterwards(told: Told) -> None:
    review = told.get(f"/reviews/{JUDGE}", rater="eve")
    fits(review_models.ReviewResponse, review)
    assert [choice["label"] for choice in review["choices"]] == ["pass", "fail"]
    queue = told.get(f"/reviews/{JUDGE}/queue", rater="eve")
    fits(review_models.QueueResponse, queue)
    assert queue["queue"]["open"] == len(queue["items"]) == 20  # the weekly quota
    assert all(0 < item["probability"] <= 1 for item in queue["items"])
    first, second = queue["items"][:2]
    hidden = told.get(f"/reviews/items/{first['id']}", rater="eve")
    assert (hidden["judge"], hidden["mine"], hidden["people"]) == (None, None, [])
    shown = told.post(f"/reviews/items/{first['id']}/answer", {"rater": "eve", "label": "pass", "explanation": "it is"})
    fits(review_models.Answered, shown)
    i = [id_.hex() for id_ in told.ids].index(first["trace_id"])
    assert shown["judge"]["value"] == told.judge(i)
    assert shown["judge"]["explanation"] == f"because {i}"
    assert (shown["mine"]["label"], shown["mine"]["value"], shown["mine"]["explanation"]) == ("pass", 1.0, "it is")
    assert shown["queue"]["this_week"] == 1
    kept = told.get("/scores", source="person", author="eve", name=NAME)["scores"]
    assert [(one["trace_id"], one["value"], one["probability"]) for one in kept] == [(first["trace_id"], 1.0, first["probability"])]
    skipped = told.post(f"/reviews/items/{second['id']}/skip", {"rater": "eve"})
    assert {first["id"], second["id"]}.isdisjoint(item["id"] for item in skipped["items"])
    assert skipped["last"] == second["id"]
    told.post(f"/reviews/items/{second['id']}/undo", {"rater": "eve"})
    again = told.post(f"/reviews/items/{first['id']}/undo", {"rater": "eve"})
    assert {first["id"], second["id"]} <= {item["id"] for item in again["items"]}
    taken_back = told.get("/scores", source="person", author="eve", name=NAME)["scores"]
    assert [(one["value"], one["label"]) for one in taken_back] == [(None, None)]
    assert told.get("/quality/trend", judge=JUDGE)["total"]["labelled"] == 0


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ({"rater": "eve", "label": "maybe"}, "passes or fails: give 1 or 0"),
        ({"rater": "eve", "value": 0.5}, "passes or fails: give 1 or 0"),
        ({"rater": "", "label": "pass"}, "rater"),
        ({"rater": "eve", "verdict": "pass"}, "verdict"),
    ],
)
def test_what_is_no_verdict_is_said_so(told: Told, said: dict[str, object], right: str) -> None:
    item = told.get(f"/reviews/{JUDGE}/queue", rater="eve")["items"][0]["id"]
    response = told.client.post(f"/reviews/items/{item}/answer", json=said)
    assert response.status_code == 422
    assert right in response.json()["error"]
    assert told.client.post("/reviews/items/none/answer", json={"rater": "eve", "label": "pass"}).status_code == 404


def test_more_is_drawn_when_asked_and_nothing_twice(told: Told) -> None:
    drawn = told.post(f"/reviews/{JUDGE}/draw", {"labels": 7}, rater="fay")
    fits(review_models.DrawResponse, drawn)
    assert drawn["drawn"] == 7
    items = told.get(f"/reviews/{JUDGE}/queue", rater="fay")["items"]
    assert len({item["trace_id"] for item in items}) == len(items) == 27


def test_labels_correct_the_judge_and_the_truth_is_covered(told: Told) -> None:
    told.label(range(0, UNITS, 5))
    told.label(range(0, UNITS, 10), rater="bob")
    truth = sum(told.human(i) for i in range(UNITS)) / UNITS
    found = told.get("/quality/trend", judge=JUDGE, group_by="task", **{"from": "-1d"})
    fits(quality_models.TrendResponse, found)
    total = found["total"]
    assert total["labelled"] == UNITS / 5
    assert total["corrected"]["low"] <= truth <= total["corrected"]["high"]
    assert abs(total["corrected"]["value"] - truth) < abs(total["raw"] - truth)
    assert sorted(group["group"][0] for group in found["groups"]) == ["sales", "support"]
    for group in found["groups"]:
        assert group["judged"] == UNITS / 2
        assert group["corrected"]["low"] < group["corrected"]["value"] <= group["corrected"]["high"]
    traces = told.server.count(of="traces", filter=f"{found['filter']} and {found['groups'][0]['filter']}")
    assert traces == UNITS / 2
    failed = told.server.count(of="traces", filter=found["filter_failed"])
    assert failed == sum(told.judge(i) == 0 or (i % 5 == 0 and told.human(i) == 0) for i in range(UNITS))  # by judge or people


def test_a_judge_that_is_due_is_calibrated_by_itself(told: Told) -> None:
    told.get(f"/reviews/{JUDGE}/queue", rater="eve")  # from now on it is looked after
    path = f"/quality/judges/{JUDGE}/calibrations"
    kept = eventually(lambda: told.get(path)["calibrations"], bool, within_s=60)
    assert [run["made_by"] for run in kept] == ["schedule"]  # the next is due in thirty days


def test_a_calibration_says_all_and_is_kept(told: Told) -> None:
    found = told.get(f"/quality/judges/{JUDGE}/calibration", segment="task")
    fits(quality_models.CalibrationAnswer, found)
    chosen = range(0, UNITS, 5)
    both_pass = sum(told.human(i) * told.judge(i) for i in chosen)
    passed = sum(told.human(i) for i in chosen)
    assert found["agreement"]["sensitivity"]["value"] == pytest.approx(both_pass / passed, abs=0.02)
    assert found["people"]["items"] == UNITS / 10
    assert found["people"]["alpha"]["value"] == 1.0
    assert found["verdict"] in ("weak", "not usable")  # every second of its failures is one that people pass
    assert [segment["judged"] for segment in found["segments"]] == [UNITS / 2, UNITS / 2]
    kept = told.post(f"/quality/judges/{JUDGE}/calibrations")
    fits(quality_models.HistoryResponse, kept)
    assert kept["calibrations"][-1]["agreement"] == found["agreement"]["value"]
    assert kept["standing"]["verdict"] == found["verdict"]
    assert not kept["standing"]["overdue"]
    assert told.get("/quality/scores")["scores"][0]["standing"]["version"] == "1"


def test_scores_on_a_scale_are_corrected_too(told: Told) -> None:
    """A judge that gives one more than people do, and people's own mean."""

    def scored(i: int, given: int, source: str, author: str) -> dict[str, Any]:
        about = {"name": "helpfulness", "source": source, "author": author, "version": "1", "type": "numeric", "value": given}
        return {**about, "trace_id": told.ids[i].hex(), "probability": 0.25 if source == "person" else 1}

    told.post_scores(scored(i, 2 + i % 4 - (i % 9 == 0), "judge", "scale") for i in range(UNITS))
    told.post_scores(scored(i, 1 + i % 4, "person", "ann") for i in range(1, UNITS, 4))
    told.post_scores(scored(i, 1 + i % 4, "person", "ann") for i in range(0, UNITS, 5))
    truth = sum(1 + i % 4 for i in range(UNITS)) / UNITS
    found = told.get("/quality/trend", judge="scale", group_by="task")
    fits(quality_models.TrendResponse, found)
    assert found["score"]["rates"] is False
    corrected = found["total"]["corrected"]
    assert corrected["low"] <= truth <= corrected["high"]
    assert abs(corrected["value"] - truth) < 0.5 * abs(found["total"]["raw"] - truth)
    assert found["series"][0]["corrected"] is not None
    calibrated = told.get("/quality/judges/scale/calibration", segment="task")
    fits(quality_models.CalibrationAnswer, calibrated)
    assert (calibrated["kind"], calibrated["agreement"]["measure"]) == ("score", "correlation")
    # it gives one more, and every ninth time not: nearly in step with people
    assert 0.8 < calibrated["agreement"]["value"]["value"] < 1
    assert [group["group"] for group in calibrated["segments"]] == [["sales"], ["support"]]


def test_labels_picked_by_hand_correct_nothing(told: Told) -> None:
    before = told.get("/quality/trend", judge=JUDGE)["total"]
    told.post_scores(
        {"name": NAME, "source": "person", "author": "hand", "type": "binary", "value": 0, "trace_id": told.ids[i].hex()} for i in (1, 2, 3)
    )
    after = told.get("/quality/trend", judge=JUDGE)
    assert after["ratings"]["picked"] == 3
    assert after["total"]["corrected"] == before["corrected"]
    warnings = told.get(f"/quality/judges/{JUDGE}/calibration")["warnings"]
    assert any("picked by hand" in warning for warning in warnings)


def test_anchors_tell_a_changed_judge_from_a_changed_product(told: Told) -> None:
    chosen = told.post(f"/quality/judges/{JUDGE}/anchors", most="40")
    fits(quality_models.AnchorsResponse, chosen)
    assert chosen["anchors"] == 40
    due = told.get(f"/quality/judges/{JUDGE}/anchors/due")
    fits(quality_models.AnchorsDueResponse, due)
    assert (due["name"], len(due["units"])) == ("groundedness-anchors", 20)
    index = {id_.hex(): i for i, id_ in enumerate(told.ids)}
    for batch in range(4):
        told.post_scores(
            {"name": due["name"], "source": "judge", "author": JUDGE, "version": f"1/2026-11-0{batch + 1}", "type": "binary",
             "value": told.judge(index[unit["trace_id"]]), "trace_id": unit["trace_id"]}
            for unit in due["units"]
        )  # fmt: skip
    quiet = told.get(f"/quality/judges/{JUDGE}/anchors")
    assert (quiet["judged"], quiet["alarm"], quiet["who_moved"]) == (80, None, "none")
    for batch in range(6):
        told.post_scores(
            {"name": due["name"], "source": "judge", "author": JUDGE, "version": f"1/2026-12-0{batch + 1}", "type": "binary",
             "value": 0, "trace_id": unit["trace_id"]}
            for unit in due["units"]
        )  # fmt: skip
    moved = told.get(f"/quality/judges/{JUDGE}/anchors")
    assert moved["who_moved"] == "judge"
    assert moved["batches"][-1]["evidence"] > moved["evidence_needed"]
    assert moved["moved_by"] < -0.5
    names = [score["name"] for score in told.get("/quality/scores")["scores"]]
    assert "groundedness-anchors" not in names  # anchors are no traffic


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_labels_go_out_and_come_in_again(told: Told, format_: str) -> None:
    text = told.client.get(f"/reviews/{JUDGE}/labels", params={"format": format_}).text
    rows = list(csv.DictReader(io.StringIO(text))) if format_ == "csv" else [json.loads(line) for line in text.splitlines()]
    assert {row["rater"] for row in rows} == {"ann", "bob", "hand"}
    params = {"format": format_}
    found = told.client.post(f"/reviews/{JUDGE}/labels", params=params, content=text.encode()).json()
    fits(review_models.LabelsImported, found)
    assert found == {"stored": len(rows), "rejected": []}
    again = told.client.get(f"/reviews/{JUDGE}/labels", params=params).text
    assert len(again.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize(
    ("text", "format_", "line", "right"),
    [
        ("trace_id,label\nxyz,pass\n", "csv", 2, "32 hex digits"),
        (f"trace_id,label\n{'a' * 32},perhaps\n", "csv", 2, "give 1 or 0, or 'pass' or 'fail'"),
        (f"trace_id,label,probability\n{'a' * 32},pass,0\n", "csv", 2, "above 0 and not above 1"),
        (f'{{"trace_id": "{"a" * 32}", "span_id": "b", "value": 1}}\n', "jsonl", 1, "16 hex digits"),
    ],
)
def test_a_line_that_is_no_label_is_rejected_by_itself(told: Told, text: str, format_: str, line: int, right: str) -> None:
    found = told.client.post(f"/reviews/{JUDGE}/labels", params={"format": format_}, content=text.encode()).json()
    assert found["stored"] == 0
    assert found["rejected"][0]["line"] == line
    assert right in found["rejected"][0]["reason"]


@pytest.mark.parametrize(
    ("text", "format_", "right"),
    [(b"a,b\n1,2\n", "csv", "has a head with trace_id"), (b"[1]\n", "jsonl", "no JSON object"), (b"\xff\xfe", "csv", "UTF-8")],
)
def test_a_file_that_is_none_is_refused(told: Told, text: bytes, format_: str, right: str) -> None:
    response = told.client.post(f"/reviews/{JUDGE}/labels", params={"format": format_}, content=text)
    assert response.status_code == 422
    assert right in response.json()["error"]


def test_a_plan_is_kept_and_its_edges_are_said(told: Told) -> None:
    plan = {"weekly_labels": 5, "raters_per_item": 2, "core": 0.5, "due_days": 7, "anchors_per_day": 0}
    found = told.client.put(f"/reviews/{JUDGE}", json=plan, params={"rater": "eve"}).json()
    assert found["plan"] == plan
    assert told.get(f"/quality/judges/{JUDGE}/anchors/due")["units"] == []
    for wrong in ({"core": 0.1}, {"raters_per_item": 0}, {"weekly_labels": 1_001}, {"due_days": 0}):
        response = told.client.put(f"/reviews/{JUDGE}", json=plan | wrong, params={"rater": "eve"})
        assert response.status_code == 422
        assert next(iter(wrong)) in response.json()["error"]
    fits(review_models.ReviewsResponse, told.get("/reviews", rater="eve"))
    fits(review_models.AgreementResponse, told.get(f"/reviews/{JUDGE}/agreement"))


@pytest.mark.parametrize("path", ["/quality/judges/nobody/calibration", "/reviews/nobody?rater=x", "/quality/trend?name=nothing"])
def test_who_has_judged_nothing_is_not_found(told: Told, path: str) -> None:
    response = told.client.get(path)
    assert response.status_code == 404
    assert "/api/v1/quality/scores" in response.json()["error"]
