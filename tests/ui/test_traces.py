"""The trace list: live, filtered, walked by keyboard, and all of it in its URL."""

import re

from playwright.sync_api import expect

from tests.ui.conftest import Screen
from tests.ui.sending import answer, send, trace_id


def test_a_request_appears_while_one_watches(screen: Screen) -> None:
    page = screen.open("/traces", range="all")
    expect(page.get_by_role("heading", name="Waiting for the first trace")).to_be_visible()
    expect(page.get_by_text("OTEL_EXPORTER_OTLP_ENDPOINT")).to_be_visible()
    spans = answer(question="Is it live?")
    send(screen.server, screen.project, spans, settled=False)
    # an empty list asks again by itself too
    expect(page.get_by_role("row").filter(has_text="Is it live?")).to_be_visible()
    send(screen.server, screen.project, answer(question="And a second?", ago_s=5), settled=False)
    rows = page.get_by_role("row").filter(has_text="POST /chat")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("And a second?")


def test_a_row_shows_what_is_known_and_a_dash_for_what_is_not(screen: Screen) -> None:
    send(screen.server, screen.project, answer())
    page = screen.open("/traces", columns="name,duration,ttft,input_tokens,cost,models,user,session")
    cells = page.get_by_role("row").filter(has_text="POST /chat").get_by_role("gridcell")
    # the root's first token: 300 ms until the call, 500 ms until its first chunk
    expect(cells).to_have_text(["POST /chat", "2.00 s", "800 ms", "1,187", re.compile(r"^(–|\$)"), "gpt-4o", "u-1", "–"])


def test_the_list_is_walked_and_opened_by_keyboard(screen: Screen) -> None:
    older, newer = answer(question="the older", ago_s=60), answer(question="the newer", ago_s=30)
    send(screen.server, screen.project, older + newer)
    page = screen.open("/traces", filter="kind = llm", range="all")
    rows = page.get_by_role("row").filter(has_text="POST /chat")
    expect(rows).to_have_count(2)
    page.keyboard.press("j")
    expect(rows.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/traces/{trace_id(newer)}"))
    expect(page.get_by_role("tree")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/traces\?.*filter=kind"))
    expect(rows.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")


def test_a_filter_is_completed_and_applied(screen: Screen) -> None:
    send(screen.server, screen.project, answer(user="ada") + answer(user="o'brien"))
    page = screen.open("/traces")
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("user_i")
    expect(page.get_by_role("option").first).to_contain_text("user_id")
    page.keyboard.press("Tab")
    page.keyboard.type("= ")
    page.get_by_role("option").filter(has_text="o''brien").click()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("filter=user_id"))
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="o'brien")).to_be_visible()


def test_a_mistake_is_pointed_at_in_its_column(screen: Screen) -> None:
    screen.expected = ("422",)
    page = screen.open("/traces", filter="kind = llm and colour = red")
    fault = page.get_by_role("alert").filter(has_text="colour")
    expect(fault).to_be_visible()
    pointer = fault.inner_text().splitlines()[0]
    assert pointer.index("^") == "kind = llm and colour".index("colour")


def test_columns_chosen_survive_a_reload(screen: Screen) -> None:
    send(screen.server, screen.project, answer())
    page = screen.open("/traces")
    expect(page.get_by_role("columnheader", name="Tenant")).to_have_count(0)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Tenant").check()
    expect(page.get_by_role("columnheader", name="Tenant")).to_be_visible()
    expect(page).to_have_url(re.compile("columns=.*tenant"))
    page.reload()
    expect(page.get_by_role("columnheader", name="Tenant")).to_be_visible()


def test_colours_follow_the_system_until_somebody_chooses(screen: Screen) -> None:
    page = screen.open("/traces")
    html = page.locator("html")
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    page.emulate_media(color_scheme="dark")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    page.keyboard.press("t")
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    page.reload()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")


def test_the_list_goes_on_where_a_page_ends(screen: Screen) -> None:
    send(screen.server, screen.project, [span for n in range(230) for span in answer(user=f"u-{n}", ago_s=100 + n)[:1]], settled=False)
    page = screen.open("/traces", live="false")
    grid = page.get_by_role("grid")
    expect(grid).to_be_visible()
    oldest = page.get_by_role("gridcell", name="u-229", exact=True)
    # the end comes nearer with every page that arrives
    page.wait_for_function(
        """() => { const grid = document.querySelector('[role=grid]'); grid.scrollTop = grid.scrollHeight;
                   return [...grid.querySelectorAll('[role=row]')].some(row => row.textContent.includes('u-229')) }"""
    )
    expect(oldest).to_be_visible()


def test_reading_is_not_disturbed_by_what_arrives_above(screen: Screen) -> None:
    send(screen.server, screen.project, [span for n in range(80) for span in answer(user=f"u-{n}", ago_s=100 + n)[:1]], settled=False)
    page = screen.open("/traces")
    reading = page.get_by_role("gridcell", name="u-40", exact=True)
    expect(page.get_by_role("gridcell", name="u-0", exact=True)).to_be_visible()
    page.get_by_role("grid").evaluate("grid => { grid.scrollTop = 900 }")
    expect(reading).to_be_visible()
    before = reading.bounding_box()
    send(screen.server, screen.project, [span for n in range(3) for span in answer(user=f"new-{n}", ago_s=2)[:1]], settled=False)
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "83")
    assert reading.bounding_box() == before


def test_dragging_over_the_chart_chooses_the_window(screen: Screen) -> None:
    send(screen.server, screen.project, answer(ago_s=3600) + answer(ago_s=60))
    page = screen.open("/traces")
    chart = page.get_by_role("img", name="Requests, failures and P95 over time").locator("canvas")
    box = chart.bounding_box()
    assert box is not None
    middle = box["y"] + 50
    page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile("from=.*to=|to=.*from="))
    expect(page.get_by_role("heading", name="No requests here")).to_be_visible()


def test_any_window_can_be_chosen(screen: Screen) -> None:
    send(screen.server, screen.project, answer())
    page = screen.open("/traces")
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(1)
    page.get_by_role("button", name="Choose a window of time").click()
    page.get_by_label("From").fill("2026-01-02T03:04")
    page.get_by_label("To", exact=True).fill("2026-01-01T00:00")
    page.get_by_role("button", name="Show this window").click()
    expect(page.get_by_role("alert")).to_contain_text("after")
    page.get_by_label("To", exact=True).fill("2026-01-03T00:00")
    page.get_by_role("button", name="Show this window").click()
    expect(page).to_have_url(re.compile("from=2026-01-02T03%3A04%3A00.000Z"))
    expect(page.get_by_role("heading", name="No requests here")).to_be_visible()
