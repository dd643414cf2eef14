"""Datasets and experiments on screen: from a request to an item, to a comparison, by keyboard where there is one."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.otlp import new_id
from tests.ui.conftest import Screen
from tests.ui.sending import answer, send


@pytest.fixture
def api(screen: Screen) -> Any:
    def ask(method: str, path: str, json: Any = None, **params: str) -> Any:
        response = httpx.request(
            method, f"{screen.server.url}/api/v1{path}", json=json, params={"project": screen.project} | params, timeout=60
        )
        assert response.status_code < 300, response.text
        return response.json() if response.content else None

    return ask


def run(api: Any, dataset: str, name: str, right: list[bool]) -> str:
    """An experiment whose items were right or wrong."""
    id_ = api("POST", "/experiments", {"dataset": dataset, "name": name, "subject": {"kind": "callable", "callable": "app:answer"}})["id"]
    results = [
        {
            "item_id": f"i{n:02d}", "trace_id": new_id(16).hex(), "output": "yes" if ok else "no", "latency_ns": 1_000_000,
            "scores": [{"name": "right", "type": "binary", "value": float(ok), "author": "right"}],
        }
        for n, ok in enumerate(right)
    ]  # fmt: skip
    api("POST", f"/experiments/{id_}/results", {"results": results})
    api("POST", f"/experiments/{id_}/finish")
    return str(id_)


def test_a_request_becomes_an_item_that_can_be_changed(screen: Screen, api: Any) -> None:
    spans = answer(question="Can I return worn boots?")
    send(screen.server, screen.project, spans)
    page = screen.open(f"/traces/{spans[0].trace_id.hex()}")
    expect(page.get_by_role("button", name="Add to dataset")).to_be_visible()
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Its name").fill("boots")
    dialog.get_by_text("what was answered").click()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_contain_text("1 added: version 1 has 1 items.")
    dialog.get_by_role("link", name="Open boots").click()
    row = page.get_by_role("table", name="Items").get_by_role("row").nth(1)
    expect(row).to_contain_text("Can I return worn boots?")
    expect(row).to_contain_text("Refunds take five business days.")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("item="))
    page.keyboard.press("e")
    page.get_by_role("dialog").get_by_label("Expected").fill("Within thirty days.")
    page.get_by_role("dialog").get_by_role("button", name="Change it").click()
    expect(page.get_by_role("status")).to_have_text("Version 2: 1 changed.")
    versions = page.get_by_role("table", name="Versions")
    expect(versions.get_by_role("row").nth(1)).to_contain_text("changes by hand")
    expect(versions.get_by_role("row").nth(2)).to_contain_text("one request")
    versions.get_by_role("row").nth(2).click()
    expect(page).to_have_url(re.compile("version=1"))
    expect(page.get_by_role("table", name="Items")).to_contain_text("Refunds take five business days.")


def test_two_experiments_are_compared_from_the_list(screen: Screen, api: Any) -> None:
    api("POST", "/datasets", {"name": "words"})
    api("POST", "/datasets/words/items", {"items": [{"id": f"i{n:02d}", "input": f"word {n}"} for n in range(40)]})
    run(api, "words", "before", [True] * 40)
    run(api, "words", "after", [n % 3 != 0 for n in range(40)])
    page = screen.open("/experiments")
    rows = page.get_by_role("table", name="Experiments").get_by_role("row")
    expect(rows).to_have_count(3)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("table", name="Experiments").get_by_role("columnheader", name="Name").click()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/experiments/compare"))
    expect(page.get_by_role("heading", name="Comparison").locator("..")).to_contain_text("regression")
    measure = page.get_by_role("table", name="Measures").get_by_role("row").nth(1)
    expect(measure).to_contain_text("100%")
    expect(measure).to_contain_text("65%")
    expect(measure).to_contain_text("−35 points")
    expect(page.get_by_role("table", name="Items that differ").get_by_role("row")).to_have_count(15)
    page.get_by_text("word 3", exact=True).click()
    expect(page.get_by_label("Item in both")).to_contain_text("yes")
    page.get_by_label("Loss that doesn't matter").fill("0.6")
    expect(page.get_by_role("heading", name="Comparison").locator("..")).to_contain_text("pass")
    expect(page).to_have_url(re.compile("margin=0.6"))


def test_a_live_comparison_is_made_and_says_that_it_goes_on(screen: Screen, api: Any) -> None:
    send(screen.server, screen.project, answer(), settled=False)
    screen.expected = ("422 (Unprocessable",)
    page = screen.open("/live-tests")
    expect(page.get_by_text("No comparison of live traffic yet")).to_be_visible()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("8 against 7")
    dialog.get_by_label("first arm (now)").fill("7")
    dialog.get_by_label("second arm (new)").fill("7")
    dialog.get_by_role("button", name="Start it").click()
    expect(dialog).to_contain_text("The two arms have to differ.")
    dialog.get_by_label("second arm (new)").fill("8")
    dialog.get_by_role("button", name="Start it").click()
    expect(page.get_by_role("status").filter(has_text="Go on")).to_be_visible()
    expect(page.get_by_role("img", name="The difference over time with its interval")).to_be_visible()


def test_searches_are_told_of_on_the_tab_of_retrieval(screen: Screen, api: Any) -> None:
    spans = [answer(question=f"Question {n}?", ago_s=60 + n) for n in range(3)]
    send(screen.server, screen.project, [span for one in spans for span in one])
    page = screen.open("/quality/retrieval", range="1h")
    expect(page.get_by_label(re.compile("^Searches: 3"))).to_be_visible()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    expect(page.get_by_text("No query is known in the window before").or_(page.get_by_text("there is nothing to compare"))).to_be_visible()
    page.get_by_label(re.compile("^Searches: 3")).click()
    expect(page).to_have_url(re.compile("kind"))
