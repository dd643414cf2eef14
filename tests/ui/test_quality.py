"""The Quality and Review screens, on judged traffic whose truth is known: figures, states, keys, and the ways on to the traces."""

import random
import re
import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.otlp import new_id, span
from tests.running import Server
from tests.ui.conftest import Screen
from tests.ui.sending import send

UNITS = 120
NAME = "groundedness"


def human(i: int) -> float:
    """Four of five pass."""
    return float(i % 5 != 0)


def judge(i: int) -> float:
    """Right but for every tenth, which it passes though people fail it."""
    return 1.0 if i % 10 == 0 else human(i)


@pytest.fixture(scope="module")
def judged(server: Server) -> str:
    """120 requests an hour old, judged by one judge that people have checked and by one that nobody has."""
    start = time.time_ns() - 3_600_000_000_000
    ids = [new_id(16) for _ in range(UNITS)]
    said = [{"input.value": f"How long do refunds of order {i} take?", "output.value": f"Five days, order {i}."} for i in range(UNITS)]
    tasks = [{"sightline.task": "support" if i % 3 else "sales"} for i in range(UNITS)]
    send(
        server,
        "judged",
        [span("POST /chat", trace_id=id_, start_ns=start + i * 1_000_000_000, said={**said[i], **tasks[i]}) for i, id_ in enumerate(ids)],
        settled=False,
    )
    _score(server, [_verdict(id_, i) for i, id_ in enumerate(ids)])
    _score(server, [{**_verdict(id_, i), "name": "tone", "author": "unchecked"} for i, id_ in enumerate(ids)])
    chosen = random.Random(4).sample(range(UNITS), 60)
    labels = [
        {"name": NAME, "source": "person", "author": rater, "type": "binary", "value": human(i), "probability": 0.5}
        | {"trace_id": ids[i].hex()}
        for i in chosen
        for rater in (("ann", "bob") if i % 2 else ("ann",))
    ]  # fmt: skip
    _score(server, labels)
    return "judged"


def _verdict(id_: bytes, i: int) -> dict[str, Any]:
    reason = "Supported by faq-3." if judge(i) else "The document says ten days."
    about = {"name": NAME, "source": "judge", "author": "checker", "version": "1", "type": "binary"}
    return {**about, "value": judge(i), "explanation": reason, "trace_id": id_.hex()}


def _score(server: Server, scores: list[dict[str, Any]]) -> None:
    url = f"{server.url}/api/v1/scores"
    found = httpx.post(url, params={"project": "judged"}, json={"scores": scores}, timeout=60).raise_for_status().json()
    assert found["rejected"] == []


@pytest.fixture
def quality(screen: Screen, judged: str) -> Screen:
    screen.project = judged
    return screen


def tile(page: Page, label: str) -> Locator:
    return page.locator("dl.tile").filter(has=page.get_by_text(label, exact=True))


def row(page: Page, table: str, name: str) -> Locator:
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=name)


def test_a_judge_is_shown_corrected_and_raw_and_leads_to_its_traces(quality: Screen) -> None:
    page = quality.open("/quality", judge="checker")
    expect(page).to_have_url(re.compile("/quality/trend"))
    expect(tile(page, "The judge says")).to_contain_text("90%")
    expect(tile(page, "People would pass")).to_contain_text("95 % interval")
    expect(tile(page, "Labelled by people")).to_contain_text("60")
    expect(page.get_by_role("img", name="groundedness over time")).to_be_visible()
    expect(row(page, "Quality by task", "support")).to_contain_text("80")
    page.get_by_role("link", name="support", exact=True).click()
    expect(page).to_have_url(re.compile(r"/traces\?.*score\.groundedness.*task"))
    expect(page.get_by_text("POST /chat").first).to_be_visible()


def test_a_judge_without_labels_says_what_to_do(quality: Screen) -> None:
    page = quality.open("/quality/trend", judge="unchecked")
    expect(tile(page, "People would pass")).to_contain_text("uncalibrated")
    expect(page.get_by_text("its number may be off by any amount")).to_be_visible()
    page.get_by_role("link", name="Label ten of its verdicts").click()
    expect(page).to_have_url(re.compile("/review/unchecked"))
    page.get_by_label("Your name").fill("ann")
    page.get_by_role("button", name="That's me").click()
    expect(page.get_by_role("button", name="pass p")).to_be_enabled()


def test_scores_that_are_not_there_are_said_so(quality: Screen) -> None:
    quality.project = "nobody"
    page = quality.open("/quality/trend")
    expect(page.get_by_text("Nothing is scored here yet")).to_be_visible()
    expect(quality.open("/quality/calibration").get_by_text("No judge has judged anything yet")).to_be_visible()
    expect(quality.open("/review").get_by_text("Nothing to review yet")).to_be_visible()


def test_a_calibration_is_told_kept_and_has_a_history(quality: Screen) -> None:
    page = quality.open("/quality/calibration")
    page.get_by_role("link", name="groundedness by checker").click()
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("Never calibrated")
    expect(page.get_by_role("table", name="Confusion matrix")).to_contain_text("judge: pass")
    expect(page.get_by_role("region", name="People among themselves")).to_contain_text("alpha")
    expect(row(page, "Bias by task", "sales")).to_be_visible()
    verdict.get_by_role("button", name="Calibrate now").click()
    expect(page.get_by_role("table", name="Calibrations").get_by_role("row")).to_have_count(2)
    expect(verdict).to_contain_text("due")
    anchors = page.get_by_role("region", name="Is it the judge?")
    anchors.get_by_role("button", name="Choose anchors").click()
    expect(anchors).to_contain_text("60 anchors")
    page.get_by_label("Divide by").select_option("service")
    expect(page).to_have_url(re.compile("by=service"))
    expect(page.get_by_role("table", name="Bias by service")).to_be_visible()


def test_labelling_by_keyboard_hides_the_judge_until_one_has_answered(quality: Screen) -> None:
    page = quality.open("/review/checker")
    page.get_by_label("Your name").fill("kim")
    page.get_by_role("button", name="That's me").click()
    case = page.get_by_role("article", name="What is to be judged")
    expect(case).to_contain_text("How long do refunds")
    expect(page.get_by_text("Supported by faq-3.")).to_have_count(0)
    first = case.inner_text()
    page.keyboard.press("p")
    outcome = page.get_by_role("region", name="The one before")
    expect(outcome).to_contain_text(re.compile("Supported by faq-3|The document says ten days"))
    expect(case).not_to_have_text(first)
    expect(page).to_have_url(re.compile("item="))
    expect(page.get_by_role("status").filter(has_text="this week")).to_contain_text("1 of 20")
    second = case.inner_text()
    page.keyboard.press("s")
    expect(case).not_to_have_text(second)
    page.keyboard.press("u")
    expect(case).to_contain_text(_question(second))
    page.keyboard.press("f")
    expect(outcome.locator("dd").first).to_contain_text("fail")
    expect(page.get_by_role("status").filter(has_text="this week")).to_contain_text("2 of 20")
    page.keyboard.press("e")
    expect(page.get_by_label("Why")).to_be_focused()
    page.keyboard.type("off topic")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(outcome).to_contain_text("off topic")
    page.keyboard.press("k")
    expect(page.get_by_role("region", name="You have answered this one")).to_contain_text("off topic")


def _question(shown: str) -> str:
    found = re.search(r"order (\d+) take", shown)
    assert found is not None
    return f"order {found[1]} take"


def test_the_plan_is_changed_and_labels_are_brought_in(quality: Screen) -> None:
    page = quality.open("/review/unchecked")
    page.evaluate("localStorage.setItem('sightline.rater', 'ann')")
    page = quality.open("/review/unchecked", plan="true")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Labels a week").fill("7")
    dialog.get_by_role("button", name="Keep this plan").click()
    expect(dialog.get_by_text("Kept.")).to_be_visible()
    dialog.locator("input[type=file]").set_input_files(
        files=[FilePayload(name="labels.csv", mimeType="text/csv", buffer=b"trace_id,label\nxyz,pass\n")]
    )
    expect(dialog.get_by_role("status")).to_contain_text("0 labels stored, 1 rejected: line 2: trace_id has 32 hex digits")
    page.keyboard.press("Escape")
    expect(page.get_by_role("status").filter(has_text="this week")).to_contain_text("of 7 this week")
