"""The Economics screens: what they show of traffic whose money is known, every state, and the ways on to the traces."""

import re
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.running import Server
from tests.ui.conftest import Screen
from tests.ui.sending import send, trace_id
from tests.ui.spending import asked, called, shop, wrapped

AGO_S = 7_200


@pytest.fixture(scope="module")
def shop_project(server: Server) -> str:
    """A project with the shop's traffic, two hours old."""
    send(server, "shop", shop(ago_s=AGO_S))
    return "shop"


@pytest.fixture
def economics(screen: Screen, shop_project: str) -> Screen:
    screen.project = shop_project
    return screen


def tile(page: Page, label: str) -> Locator:
    return page.get_by_role("link", name=f"{label}: ").locator("xpath=ancestor::dl")


def row(page: Page, table: str, name: str) -> Locator:
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=name)


# --- each tab's numbers


def test_spend_shows_what_was_spent_on_what_and_how_much_of_it_has_a_price(economics: Screen) -> None:
    page = economics.open("/economics")
    expect(page).to_have_url(re.compile("/economics/spend"))
    expect(tile(page, "Spend")).to_contain_text("$0.1813")
    expect(tile(page, "Spend")).to_contain_text("of 83.3% priced")
    expect(tile(page, "Requests")).to_contain_text("12")
    expect(row(page, "Spend by model", "gpt-4o-mini")).to_contain_text("$0.00126")
    expect(row(page, "Spend by model", "house-model-7b")).not_to_contain_text("$0")
    parts = page.get_by_role("group", name="What it was spent on")
    # acme: 4 x 12,000 uncached at 2.50, globex: 6 x 1,000 at 0.15
    expect(parts).to_contain_text("Input $0.1209")
    expect(parts).to_contain_text("Cache reads $0.0400")


def test_spend_is_grouped_by_anything_and_sorted_by_any_column(economics: Screen) -> None:
    page = economics.open("/economics/spend")
    page.get_by_role("combobox", name="Group by").click()
    page.get_by_role("option", name="tenant", exact=True).click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("by=model%2Ctenant|by=model,tenant"))
    expect(row(page, "Spend by model, tenant", "gpt-4o · acme")).to_contain_text("$0.1800")
    page.get_by_role("button", name="Requests").click()
    expect(page.get_by_role("table").get_by_role("row").nth(1)).to_contain_text("globex")
    expect(page).to_have_url(re.compile("sort=-requests"))
    page.reload()
    expect(page.get_by_role("table").get_by_role("row").nth(1)).to_contain_text("globex")


def test_what_moved_is_compared_with_the_window_before(screen: Screen) -> None:
    root = asked("acme", ago_s=5_400)
    send(screen.server, screen.project, [root, called(root, "gpt-4o", tokens=(1_000, 0))])  # 0.0025 USD
    root = asked("acme", ago_s=1_800)
    send(screen.server, screen.project, [root, called(root, "gpt-4o", tokens=(3_000, 0))])  # 0.0075 USD
    page = screen.open("/economics/spend", range="1h")
    expect(tile(page, "Spend")).to_contain_text("+200% from $0.0025")
    movers = page.get_by_role("complementary", name="Top movers")
    expect(movers).to_contain_text("+$0.005")


def test_the_caches_are_shown_apart_with_what_they_saved(economics: Screen) -> None:
    page = economics.open("/economics/cache")
    # 4 x 8,000 of 87,800 input tokens; at 1.25 instead of 2.50 a million
    expect(tile(page, "Hit rate by tokens")).to_contain_text("36.4%")
    expect(tile(page, "Hit rate by calls")).to_contain_text("33.3%")
    expect(tile(page, "Saved")).to_contain_text("$0.0400")
    expect(page.get_by_text("send the fact served_from_cache")).to_be_visible()
    expect(row(page, "The provider's cache by model", "gpt-4o").first).to_contain_text("40%")
    prefixes = page.get_by_role("table", name="Prefixes that miss")
    expect(prefixes).to_contain_text("Answer gpt-4o")
    expect(page.get_by_role("complementary", name="Assumptions").last).to_be_visible()


def test_margins_stand_worst_first_and_say_what_made_them_so(economics: Screen) -> None:
    page = economics.open("/economics/margin")
    expect(tile(page, "Revenue")).to_contain_text("$0.1400")
    expect(tile(page, "Margin")).to_contain_text("−$0.0413")
    rows = page.get_by_role("table", name="Margin by tenant").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("acme")
    expect(rows.nth(1)).to_contain_text("−$0.1000")
    rows.nth(1).click()
    expect(page).to_have_url(re.compile("why=acme"))
    why = page.get_by_role("complementary", name="What made acme so")
    expect(why.get_by_role("listitem").first).to_contain_text("gpt-4o")
    expect(why.get_by_role("row", name="Cost")).to_contain_text("$0.0450")
    page.reload()
    expect(why).to_be_visible()
    page.keyboard.press("Escape")
    expect(why).to_have_count(0)


def test_waste_has_money_a_reason_and_traces(economics: Screen) -> None:
    page = economics.open("/economics/waste")
    cut = row(page, "Waste by kind", "cut off")
    # 100 output tokens of gpt-4o-mini at 0.60 a million
    expect(cut).to_contain_text("$0.00006")
    expect(row(page, "Waste by kind", "never cited")).to_contain_text("estimate")
    cut.get_by_text("How it was found").click()
    expect(cut).to_contain_text("finish_reason")
    cut.get_by_role("link", name="All of them").click()
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(1)


def test_the_same_traffic_is_priced_on_other_terms(economics: Screen) -> None:
    page = economics.open("/economics/what-if")
    expect(page.get_by_text("Change one of the terms")).to_be_visible()
    page.get_by_role("combobox", name="Model").fill("gpt-4o-mini")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("model=gpt-4o-mini"))
    # 4 x (12,000 x 0.15 + 8,000 x 0.075 + 500 x 0.6) / 1e6
    expect(row(page, "By model", "gpt-4o").first).to_contain_text("$0.0108")
    expect(page.get_by_role("complementary", name="What this supposes")).to_contain_text("tokenisers")


def test_a_budget_is_made_changed_and_deleted(screen: Screen) -> None:
    screen.expected = ("422",)
    send(screen.server, screen.project, shop(ago_s=30))
    page = screen.open("/economics/budgets")
    expect(page.get_by_role("heading", name="No budget yet")).to_be_visible()
    page.get_by_role("button", name="New budget").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill("acme's month")
    form.get_by_label("Amount, USD").fill("0")
    form.get_by_role("button", name="Make it").click()
    expect(form.get_by_label("Amount, USD")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Amount, USD").fill("0.1")
    form.get_by_label("Of", exact=True).select_option("tenant")
    form.get_by_label("which one").fill("acme")
    form.get_by_label("Of the spans that this filter selects").fill("colour = red")
    form.get_by_role("button", name="Make it").click()
    expect(form.get_by_text("colour")).to_be_visible()
    form.get_by_label("Of the spans that this filter selects").fill("")
    form.get_by_role("button", name="Make it").click()
    card = page.get_by_role("article", name="Budget acme's month")
    expect(card).to_contain_text("$0.1800 spent")
    expect(card).to_contain_text("over budget")
    card.get_by_role("button", name="Change").click()
    form.get_by_label("Amount, USD").fill("100")
    form.get_by_role("button", name="Change it").click()
    expect(card).to_contain_text("$100.00 a month")
    expect(card).not_to_contain_text("over budget")
    card.get_by_role("button", name="Delete").click()
    card.get_by_role("button", name="Delete it?").click()
    expect(page.get_by_role("heading", name="No budget yet")).to_be_visible()


def test_prices_are_searched_and_what_has_none_is_listed(economics: Screen) -> None:
    page = economics.open("/economics/prices")
    expect(row(page, "Unpriced models", "house-model-7b")).to_contain_text("2")
    page.get_by_label("Search prices").fill("gpt-4o-mini")
    mini = row(page, "Prices", "gpt-4o-mini").first
    expect(mini).to_contain_text("0.15")
    expect(mini).to_contain_text("0.6")
    expect(row(page, "Prices", "house-model-7b")).to_have_count(0)
    row(page, "Unpriced models", "house-model-7b").get_by_role("link").click()
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(2)


def test_a_window_is_priced_again_after_asking_twice(economics: Screen) -> None:
    page = economics.open("/economics/prices")
    page.get_by_role("button", name="Reprice this window").click()
    asking = page.get_by_role("dialog")
    expect(asking).to_contain_text("From")
    expect(asking).to_contain_text(time.strftime("%Y-", time.gmtime()))
    asking.get_by_role("button", name="Reprice it").click()
    expect(asking.get_by_role("status")).to_contain_text("from $0.1813 to $0.1813")


# --- the ways on


def test_every_group_and_figure_leads_to_its_traces(economics: Screen) -> None:
    page = economics.open("/economics/spend", by="tenant")
    page.get_by_role("link", name="acme", exact=True).first.click()
    expect(page).to_have_url(re.compile("/traces.*filter=tenant"))
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(4)
    page.go_back()
    page.get_by_role("link", name=re.compile("^Requests: 12")).click()
    expect(page.get_by_role("row").filter(has_text="POST /chat")).to_have_count(12)


def test_dragging_over_the_chart_chooses_the_window_and_a_bar_leads_to_its_traces(economics: Screen) -> None:
    page = economics.open("/economics/spend", by="tenant")
    chart = page.get_by_role("img", name="Spend over time").locator("canvas")
    box = chart.bounding_box()
    assert box is not None
    bucket_s = 20 * 60
    first_s = (time.time() - AGO_S) // bucket_s * bucket_s
    # nothing came in most of the day: the axis begins half a bar before the first one
    expect(page.get_by_text(f"No traffic before {datetime.fromtimestamp(first_s, UTC):%H:%M}.")).to_be_visible()
    left, right = box["x"] + 62, box["x"] + box["width"] - 20
    begins_s = first_s - bucket_s / 2
    x = left + (right - left) * bucket_s / (time.time() - begins_s)
    page.mouse.click(x, box["y"] + 170)
    expect(page).to_have_url(re.compile("/traces.*from="))
    expect(page.get_by_role("row").filter(has_text="POST /chat").first).to_be_visible()
    page.go_back()
    expect(chart).to_be_visible()
    page.mouse.move(left + (right - left) * 0.5, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(left + (right - left) * 0.7, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile("/economics/spend.*from="))
    expect(page.get_by_role("heading", name="Nothing in the selected window")).to_be_visible()


def test_a_chart_that_is_mostly_empty_offers_to_begin_where_its_traffic_does(economics: Screen) -> None:
    page = economics.open("/economics/cache")
    page.get_by_role("button", name="Begin there").click()
    expect(page).to_have_url(re.compile("/economics/cache.*from="))
    expect(page.get_by_role("img", name="Cache hit rates and savings over time")).to_be_visible()
    expect(page.get_by_text("No traffic before")).to_have_count(0)


def test_the_tabs_and_rows_are_walked_by_keyboard(economics: Screen) -> None:
    page = economics.open("/economics/spend", by="tenant")
    expect(row(page, "Spend by tenant", "acme")).to_be_visible()
    for key, tab in enumerate(("spend", "cache", "margin", "waste", "what-if", "budgets", "prices"), start=1):
        page.keyboard.press(str(key))
        expect(page).to_have_url(re.compile(f"/economics/{tab}"))
    page.keyboard.press("1")
    expect(row(page, "Spend by tenant", "acme")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(row(page, "Spend by tenant", "acme")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/traces.*acme"))
    page.go_back()
    page.keyboard.press("/")
    page.keyboard.type("tenant = 'globex'")
    page.keyboard.press("Enter")
    expect(tile(page, "Requests")).to_contain_text("6")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(tile(page, "Revenue")).to_contain_text("$0.0600")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_is_downloaded(economics: Screen, kind: str) -> None:
    page = economics.open("/economics/margin")
    expect(row(page, "Margin by tenant", "acme")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV" if kind == "csv" else "Parquet").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"PAR1") if kind == "parquet" else b"\n" in content and b"{" not in content
    assert b"acme" in content
    assert download.value.suggested_filename.endswith(f".{kind}")


# --- the states


@pytest.mark.parametrize("tab", ["spend", "cache", "margin", "waste"])
def test_nothing_here_is_said_with_a_way_on(screen: Screen, tab: str) -> None:
    page = screen.open(f"/economics/{tab}")
    expect(page.get_by_role("heading", name="Nothing in the last 24 hours")).to_be_visible()
    page.get_by_role("button", name="Look at all time").click()
    expect(page.get_by_role("heading", name="Nothing in all time")).to_be_visible()


def test_a_mistake_in_the_filter_is_pointed_at(economics: Screen) -> None:
    economics.expected = ("422",)
    page = economics.open("/economics/spend", filter="colour = red")
    expect(page.get_by_role("heading", name="That filter can't be read")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="colour")).to_contain_text("^")


def test_waiting_and_failing_are_shown(economics: Screen) -> None:
    economics.expected = ("ERR_FAILED",)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    economics.page.route("**/api/v1/economics/spend**", hold)
    page = economics.open("/economics/spend")
    expect(page.get_by_role("status")).to_contain_text("Loading what was spent")
    held[0].abort()
    expect(page.get_by_role("alert")).to_contain_text("The server can't be reached.")
    page.unroute("**/api/v1/economics/spend**")
    page.get_by_role("button", name="Try again").click()
    expect(tile(page, "Spend")).to_contain_text("$0.1813")


def test_names_of_senders_stay_text(screen: Screen) -> None:
    name = "<img src=x onerror=alert(1)>"
    root = asked(name, ago_s=60, revenue=0.5)
    send(screen.server, screen.project, [root, called(root, "gpt-4o", tokens=(2_000, 10))])
    page = screen.open("/economics/spend", by="tenant")
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    chart = page.get_by_role("img", name="Spend over time")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 100)
    expect(page.locator(".tip")).to_contain_text(name)
    assert page.locator("img[src='x']").count() == 0


def test_an_unknown_tab_is_said_to_be_none(economics: Screen) -> None:
    expect(economics.open("/economics/gold").get_by_role("heading", name="There is nothing here")).to_be_visible()


# --- the trace page


def test_a_trace_shows_what_each_span_cost_and_why_one_has_no_cost(screen: Screen) -> None:
    spans = wrapped()
    send(screen.server, screen.project, spans)
    page = screen.open(f"/traces/{trace_id(spans)}")
    hops = page.get_by_role("treeitem")
    call = hops.filter(has_text="chat gpt-4o")
    expect(call).to_contain_text("$0.0450")
    expect(call.get_by_title("Cache reads $0.0100")).to_have_count(1)
    expect(hops.filter(has_text="house-model-7b")).to_contain_text("unpriced")
    expect(hops.filter(has_text="house-model-7b")).not_to_contain_text("$0")
    call.click()
    cost = page.get_by_role("region", name="Span ").get_by_role("group", name="Cost", exact=True)
    expect(cost).to_contain_text("Cache reads $0.0100")
    expect(cost).to_contain_text("by price")
    expect(cost).to_contain_text("the sender says $0.0500 (+$0.005 against ours)")
    hops.filter(has_text="ChatOpenAI").click()
    expect(cost).to_contain_text("Its usage is counted on a span below it.")
    page.keyboard.press("c")
    expect(call).not_to_contain_text("$0.0450")
    expect(page).to_have_url(re.compile("costs=false"))
