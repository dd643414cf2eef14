"""The Judges screens: a judge begun from the library, forecast, tried, switched on, changed and deleted; what is refused is said where."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.running import Server
from tests.ui.conftest import Screen
from tests.ui.sending import answer, send


@pytest.fixture(scope="module")
def answered(server: Server) -> str:
    """Three requests whose answer is 'Refunds take five business days.'"""
    send(server, "judged", [span for n in range(3) for span in answer(user=f"u-{n}", ago_s=120 + n)])
    return "judged"


@pytest.fixture
def judged(screen: Screen, answered: str) -> Screen:
    screen.project = answered
    return screen


def switch_on(page: Page) -> None:
    page.get_by_role("button", name="Switch it on").click()
    expect(page).to_have_url(re.compile(r"/judges/[0-9a-f]{32}"))


def test_where_nobody_judges_the_rubrics_are_offered(judged: Screen) -> None:
    page = judged.open("/judges")
    expect(page.get_by_text("Nobody judges yet")).to_be_visible()
    page.get_by_role("link", name="Begin with Groundedness").click()
    expect(page).to_have_url(re.compile(r"from=groundedness"))
    expect(page.get_by_role("textbox", name="Name")).to_have_value("groundedness")
    expect(page.get_by_role("textbox", name="Levels, worst first")).to_have_value("not grounded, grounded")
    cost = page.get_by_role("region", name="Cost")
    expect(cost).to_contain_text(re.compile(r"matching a week × 10% × \$0\.\d+ = \$\d"))
    page.get_by_role("textbox", name="Percent of them").fill("20")
    expect(cost).to_contain_text("× 20% ×")


def test_code_is_tried_on_the_latest_that_matches_before_it_is_switched_on(judged: Screen) -> None:
    page = judged.open("/judges/new")
    page.get_by_role("textbox", name="Begin with").or_(page.get_by_role("combobox", name="Begin with")).first.click()
    page.get_by_role("option", name="length").click()
    page.get_by_role("textbox", name="Options of length").fill('{"most": 10}')
    page.get_by_role("textbox", name="Options of length").blur()
    trying = page.get_by_role("region", name="Try it")
    trying.get_by_role("button", name="Try").click()
    expect(trying).to_contain_text("32 characters")  # Refunds take five business days.
    page.get_by_role("textbox", name="Options of length").fill("{most: 10}")
    page.get_by_role("textbox", name="Options of length").blur()
    expect(page.get_by_text(re.compile("JSON at position"))).to_be_visible()


def test_a_judge_is_made_changed_switched_off_and_deleted(judged: Screen) -> None:
    page = judged.open("/judges")
    expect(page.get_by_role("button", name="New judge")).to_be_visible()
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/judges/new"))
    page.get_by_role("textbox", name="Name").fill("short enough")
    page.get_by_role("textbox", name="Rubric").fill("Is it short?")
    switch_on(page)
    standing = page.get_by_role("region", name="Standing")
    expect(standing).to_contain_text("Version 1")
    expect(standing).to_contain_text("sightline worker")  # nobody is at work yet
    page.get_by_role("textbox", name="Rubric").fill("Is it short and kind?")
    page.get_by_role("button", name="Save as version 2").click()
    expect(standing).to_contain_text("Version 2")
    page.reload()
    expect(page.get_by_role("textbox", name="Rubric")).to_have_value("Is it short and kind?")
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_role("button", name="Switch it on")).to_be_visible()
    page.get_by_role("link", name="← Judges").click()
    row = page.get_by_role("table", name="Judges").get_by_role("row").filter(has_text="short enough")
    expect(row).to_contain_text("off")
    expect(row).to_contain_text("gpt-4o-mini")
    row.get_by_role("link", name="short enough").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it?").click()
    expect(page).to_have_url(re.compile(r"/judges\?"))
    expect(page.get_by_text("short enough")).to_have_count(0)


def test_what_is_refused_is_said_where_it_stands(judged: Screen) -> None:
    judged.expected = ("422", "400")
    page = judged.open("/judges/new")
    page.get_by_role("textbox", name="Name").fill("two alike")
    page.get_by_role("textbox", name="Rubric").fill("Is it?")
    levels = page.get_by_role("textbox", name="Levels, worst first")
    levels.fill("bad, bad")
    levels.blur()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("alert").filter(has_text="the same name")).to_be_visible()


def test_a_window_of_the_past_says_first_what_it_would_take(judged: Screen) -> None:
    page = judged.open("/judges/new", from_="groundedness")
    page.get_by_role("textbox", name="Name").fill("grounded in the past")
    page.get_by_role("textbox", name="Percent of them").fill("100")
    page.get_by_label("Judge", exact=True).select_option("only what begins from now on")
    switch_on(page)
    standing = page.get_by_role("region", name="Standing")
    standing.get_by_role("button", name="What would judging it take?").click()
    expect(standing).to_contain_text(re.compile(r"3 to judge of 3, about \$0\.\d+"))
    standing.get_by_role("button", name="Judge it").click()
    expect(standing).to_contain_text(re.compile(r"0 of 3 running"))
    standing.get_by_role("button", name="Stop").click()
    expect(standing).to_contain_text("cancelled")
