"""A new user finds the tenant that loses money, and why, in at most four clicks."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.running import Server, running
from tests.ui.conftest import Screen
from tests.ui.sending import send
from tests.ui.spending import asked, called

CLICKS = 4
COUNTING = """
addEventListener('click', (event) => {
  if (event.isTrusted) sessionStorage.setItem('clicks', Number(sessionStorage.getItem('clicks') ?? 0) + 1)
}, true)
"""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as a new user finds it: five tenants' traffic in the default project, one of them answered by a dear model at length."""
    with running(tmp_path_factory.mktemp("journey") / "data", settle_quiet_s=0.3, settle_every_s=0.2) as server:
        spans = []
        for tenant, revenue in (("ajax", 0.02), ("borealis", 0.03), ("corvid", 0.02), ("dune", 0.025), ("ember", 0.02)):
            for n in range(12):
                root = asked(tenant, ago_s=600 + 60 * n, revenue=revenue)
                spans += [root, called(root, "gpt-4o-mini", tokens=(900, 40), stage="route")]
                # dune's prompts drag a catalogue along
                long = tenant == "dune"
                spans.append(called(root, "gpt-4o", tokens=(30_000 if long else 1_500, 200), stage="generate"))
        send(server, "default", spans)
        yield server


def test_who_loses_money_and_why_is_found_in_four_clicks(browser: Browser, busy: Server) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC", locale="en-GB")
    context.add_init_script(COUNTING)
    screen = Screen(context.new_page(), busy, "default")
    screen.listen()
    page = screen.page
    page.goto(busy.url + "/")
    page.get_by_role("link", name="Economics").click()
    page.get_by_role("navigation", name="Economics").get_by_role("link", name="Margin").click()
    worst = page.get_by_role("table", name="Margin by tenant").get_by_role("row").nth(1)
    expect(worst).to_contain_text("dune")
    # 900 x 0.15 + 40 x 0.6 + 30,000 x 2.5 + 200 x 10 per million = 0.077159 a request, of which 0.025 is paid: 12 x 0.052159 lost
    expect(worst).to_contain_text("−$0.6259")
    worst.click()
    why = page.get_by_role("complementary", name="What made dune so")
    expect(why).to_contain_text("carry 30,200 tokens in each call")
    why.get_by_role("listitem").first.get_by_role("link", name="Its traces").click()
    expect(page).to_have_url(re.compile("/traces.*dune"))
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(12)
    assert int(page.evaluate("sessionStorage.getItem('clicks')")) <= CLICKS
    assert screen.complaints == []
    context.close()
