"""A new user, on the demo: from nothing to a running groundedness judge with ten labels and a calibrated trend, in under five minutes."""

import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.running import Server, eventually, running
from tests.ui.conftest import Screen

WITHIN_S = 300
LABELS = 10


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`sightline demo`, a few requests old; its worker waits for a judge to be switched on."""
    data = tmp_path_factory.mktemp("journey") / "data"
    with running(data, "demo", "--rate", "6", settle_quiet_s=2, settle_every_s=0.3) as server:
        eventually(lambda: server.count(filter="settled = true and kind = llm"), lambda n: n >= 30, within_s=90)
        yield server


def test_a_groundedness_judge_is_running_labelled_and_calibrated_in_five_minutes(browser: Browser, demo: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC", locale="en-GB")
    screen = Screen(context.new_page(), demo, "default")
    screen.listen()
    page = screen.page
    began = time.monotonic()
    _switch_on(demo)
    page.goto(f"{demo.url}/")
    page.get_by_role("link", name="Review").click()
    page.get_by_role("link", name="groundedness").click(timeout=60_000)
    page.get_by_label("Your name").fill("ann")
    page.get_by_role("button", name="That's me").click()
    asked = page.get_by_role("region", name="Your verdict")
    state = page.get_by_role("status").filter(has_text="this week")
    for done in range(1, LABELS + 1):
        expect(state).not_to_contain_text("· 0 wait", timeout=120_000)
        expect(asked).to_be_visible()
        page.keyboard.press("1" if done % 4 else "2")
        expect(state).to_contain_text(f"{done} of 20 this week")
    page.get_by_role("link", name="Calibration").click()
    page.get_by_role("button", name="Calibrate now").click()
    expect(page.get_by_role("table", name="Calibrations").get_by_role("row")).to_have_count(2)
    page.get_by_role("navigation", name="Quality").get_by_role("link", name="Trend").click()
    corrected = page.locator("dl.tile").filter(has=page.get_by_text("People would pass", exact=True))
    expect(corrected).to_contain_text("95 % interval")
    expect(page.get_by_role("img", name="groundedness over time")).to_be_visible()
    took_s = time.monotonic() - began
    assert took_s < WITHIN_S
    assert screen.complaints == []
    context.close()


def _switch_on(server: Server) -> None:
    """The demo's own judge, as the switch on the screen of judges does."""
    (made,) = [one for one in server.get("/api/v1/judges")["judges"] if one["name"] == "groundedness"]
    response = httpx.put(f"{server.url}/api/v1/judges/{made['id']}", json={"enabled": True}, timeout=30)
    assert response.status_code == 200, response.text
