"""The Latency screens: what they show of traffic whose times are known, every state, and the ways on to the traces."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.measure.latency.world import CHAT, request
from tests.otlp import span
from tests.running import Server
from tests.ui.conftest import Screen
from tests.ui.sending import send

LIMITED = CHAT | {
    "sightline.stage": "generate",
    "gen_ai.request.model": "m",
    "error.type": "RateLimitError",
    "http.response.status_code": 429,
}
ANSWERED = CHAT | {"sightline.stage": "generate", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 100}


@pytest.fixture(scope="module")
def assistant(server: Server) -> str:
    """600 requests within an hour: a search of 100 ms, a call of 50 ms or, once in 20, of 1 s. The later half is a release, 30 ms more."""
    spans = []
    for i in range(600):
        later = i >= 300
        call = (1000 if i % 20 == 0 else 50) + (30 if later else 0)
        said = ANSWERED | {"gen_ai.usage.output_tokens": 10 + i % 7}
        spans += request(
            ("search", 5, 100, {"openinference.span.kind": "RETRIEVER"}),
            ("chat", 105, call, said),
            ms=110 + call,
            ago_s=3_000 - 5 * i + 60,
            sightline__task="support",
            sightline__release="v2" if later else "v1",
        )
    spans += request(("one", 0, 80, LIMITED), ("two", 580, 60, ANSWERED), ms=650, ago_s=300, sightline__task="support")
    send(server, "assistant", spans)
    return "assistant"


@pytest.fixture
def latency(screen: Screen, assistant: str) -> Screen:
    screen.project = assistant
    return screen


def row(page: Page, table: str, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("table", name=table, exact=True).get_by_role("row").filter(has_text=name)


def test_percentiles_are_shown_with_what_they_stand_on(latency: Screen) -> None:
    page = latency.open("/latency", range="24h")
    expect(page).to_have_url(re.compile("/latency/percentiles"))
    expect(page.get_by_role("link", name=re.compile("P50: 1[79]0 ms"))).to_be_visible()
    expect(page.get_by_role("link", name="P99: 1.14 s")).to_be_visible()
    expect(row(page, "Total by task", "support")).to_contain_text("601")
    expect(page.get_by_role("img", name="Total over time")).to_be_visible()


def test_rows_measure_and_groups_are_chosen_and_stay_in_the_url(latency: Screen) -> None:
    page = latency.open("/latency/percentiles", range="24h")
    page.get_by_role("combobox", name="Rows").or_(page.get_by_role("textbox", name="Rows")).first.click()
    page.get_by_role("option", name="Spans").click()
    expect(row(page, "Total by stage", "search")).to_contain_text("100 ms")
    page.get_by_role("combobox", name="Measure").or_(page.get_by_role("textbox", name="Measure")).first.click()
    page.get_by_role("option", name="Critical time").click()
    expect(page).to_have_url(re.compile("of=spans"))
    expect(page).to_have_url(re.compile("measure=critical_ns"))
    page.reload()
    expect(row(page, "Critical time by stage", "generate")).to_contain_text("602")


def test_too_few_are_not_shown_as_a_percentile(screen: Screen) -> None:
    send(screen.server, screen.project, [span(ms=ms) for ms in range(10, 130, 10)])
    page = screen.open("/latency/percentiles", range="24h")
    expect(page.get_by_role("link", name="P50: 65.0 ms")).to_be_visible()
    expect(page.get_by_text("too few").first).to_be_visible()
    expect(page.get_by_text("Max of 12")).to_be_visible()


def test_a_region_of_the_heatmap_leads_to_its_traces(latency: Screen) -> None:
    page = latency.open("/latency/percentiles", range="1h")
    chart = page.get_by_role("img", name="Total over time")
    expect(chart.locator("canvas")).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    # the upper half of the plot: what took longer than half a second
    page.mouse.move(box["x"] + 100, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 80, steps=4)
    page.mouse.move(box["x"] + box["width"] - 210, box["y"] + 120, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/traces\?.*duration_ns"))
    expect(page).to_have_url(re.compile("from="))
    listed = page.get_by_role("row").filter(has_text="answer")
    expect(listed.first).to_be_visible()
    expect(listed.first).to_contain_text(re.compile(r"1\.1[0-9] s|650 ms"))


def test_the_owner_of_each_percentile_and_what_it_would_be_without(latency: Screen) -> None:
    page = latency.open("/latency/waits", range="24h")
    expect(page.get_by_role("link", name="P50 is owned by search. Its traces")).to_be_visible()
    expect(page.get_by_role("link", name="P99 is owned by generate. Its traces")).to_be_visible()
    expect(row(page, "What was waited for", "generate")).to_contain_text("−8")
    expect(row(page, "What was waited for", "app time")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/traces\?.*waited_on"))
    expect(page.get_by_role("row").filter(has_text="answer").first).to_be_visible()


def test_time_lost_is_shown_by_what_came_of_it(latency: Screen) -> None:
    page = latency.open("/latency/lost", range="24h")
    expect(page.get_by_text("Lost in all").locator("xpath=..")).to_contain_text("580 ms")
    expect(row(page, "Time lost", "rate_limited")).to_contain_text("retry")


def test_length_is_told_from_the_provider(latency: Screen) -> None:
    page = latency.open("/latency/length", range="all")
    expect(page.get_by_role("region", name="m", exact=True)).to_contain_text("an output token")


def test_releases_stand_side_by_side(latency: Screen) -> None:
    page = latency.open("/latency/compare", range="24h", vs="release", of="spans")
    expect(row(page, "Both sides by stage", "generate")).to_contain_text("+30.0 ms")
    expect(row(page, "Both sides by stage", "search")).to_contain_text("not clear")
    page.get_by_role("link", name="v2").click()
    expect(page).to_have_url(re.compile(r"/traces\?.*release"))


def test_keys_walk_the_tabs_and_nothing_says_why(screen: Screen) -> None:
    page = screen.open("/latency/percentiles", range="1h")
    expect(page.get_by_role("heading", name="Nothing in the last 1 hour")).to_be_visible()
    page.keyboard.press("5")
    expect(page).to_have_url(re.compile("/latency/compare"))
    expect(page.get_by_role("heading", name="Nothing in the last 1 hour")).to_be_visible()


def test_a_filter_that_cannot_be_read_says_where(screen: Screen) -> None:
    screen.expected = ("422",)
    page = screen.open("/latency/percentiles", filter="durration_ms > 3")
    expect(page.get_by_role("heading", name="That filter can't be read")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("duration_ms")
