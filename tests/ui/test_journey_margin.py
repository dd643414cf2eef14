"""A new user finds the tenant that loses money in the demo, and why, in at most four clicks and a minute."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.running import Server, eventually, running
from tests.ui.conftest import Screen

CLICKS = 4
WITHIN_S = 60
LOSER = "company-03"
COUNTING = """
addEventListener('click', (event) => {
  if (event.isTrusted) sessionStorage.setItem('clicks', Number(sessionStorage.getItem('clicks') ?? 0) + 1)
}, true)
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`sightline demo` with busier users, once the tenant that loses money has asked a few times and everybody has been priced."""
    data = tmp_path_factory.mktemp("journey") / "data"
    with running(data, "demo", "--rate", "12", settle_quiet_s=2, settle_every_s=0.3) as server:

        def settled() -> dict[str, Any]:
            margins = server.get("/api/v1/economics/margin", group_by="tenant")["groups"]
            return {row["group"][0]: row["now"]["requests"] for row in margins if row["now"]["margin_usd"] is not None}

        eventually(settled, lambda asked: asked.get(LOSER, 0) >= 3 and len(asked) >= 5, within_s=90)
        yield server


def test_who_loses_money_and_why_is_found_in_four_clicks_and_a_minute(browser: Browser, demo: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC", locale="en-GB")
    context.add_init_script(COUNTING)
    screen = Screen(context.new_page(), demo, "default")
    screen.listen()
    page = screen.page
    began = time.monotonic()
    page.goto(demo.url + "/")
    page.get_by_role("link", name="Economics").click()
    page.get_by_role("navigation", name="Economics").get_by_role("link", name="Margin").click()
    worst = page.get_by_role("table", name="Margin by tenant").get_by_role("row").nth(1)
    expect(worst).to_contain_text(LOSER)
    expect(worst).to_contain_text("−$")
    worst.click()
    why = page.get_by_role("complementary", name=f"What made {LOSER} so")
    # its users paste whole threads of mail, some fifteen thousand tokens, below their questions
    carries = re.compile(rf"{LOSER}'s requests carry 1\d,\d{{3}} tokens in each call to gpt-4o.* where others carry \d{{3}}\.")
    expect(why.get_by_role("listitem").first).to_contain_text(carries)
    why.get_by_role("listitem").first.get_by_role("link", name="Its traces").click()
    expect(page).to_have_url(re.compile(f"/traces.*{LOSER}"))
    expect(page.get_by_role("row").filter(has_text="support request")).not_to_have_count(0)
    took_s = time.monotonic() - began
    clicks = int(page.evaluate("sessionStorage.getItem('clicks')"))
    assert 0 < clicks <= CLICKS
    assert took_s < WITHIN_S
    assert screen.complaints == []
    context.close()
