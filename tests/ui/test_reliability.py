"""The Reliability screens: what they show of traffic whose failures are known, every state, and the ways on to the traces."""

import re
import time

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from playwright.sync_api import Locator, Page, Route, expect

from tests.otlp import span
from tests.running import Server
from tests.ui.conftest import Screen
from tests.ui.sending import send, step

LIMITED = "Error code: 429 - Rate limit reached"
MODELS = ("gpt-4o", "claude-sonnet-4-5")


def request(i: int, *, ago_s: int) -> list[Span]:
    """One of 25: every fifth is tried again with another model, the last ends in a failure, one is slow, one's tool fails silently."""
    about = {"sightline.task": "support", "session.id": f"s{i}"}
    root = span("POST /chat", start_ns=time.time_ns() - ago_s * 1_000_000_000, ms=1_000, said=about)
    root.status.code = Status.STATUS_CODE_ERROR if i == 24 else Status.STATUS_CODE_UNSET
    spans = [root]
    if i % 5 == 4:
        failed = _call(root, MODELS[0], after_ms=10, ms=50, error=True)
        spans.append(failed)
    slow = i == 7
    if i != 24:
        spans.append(_call(root, MODELS[1 if i % 5 == 4 else 0], after_ms=100, ms=900 if slow else 200))
    if i == 3:
        broken = {"openinference.span.kind": "TOOL", "tool.name": "order_status", "sightline.tool_is_error": True}
        spans.append(step(root, "order_status", after_ms=400, ms=20, said=broken))
    if i != 5:
        spans.append(step(root, "guard", after_ms=950, ms=5, said={"sightline.kind": "guardrail"}))
    return spans


def _call(root: Span, model: str, *, after_ms: int, ms: int, error: bool = False) -> Span:
    said: dict[str, object] = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model}
    said["sightline.stage"] = "generate"
    said |= {"error.type": "openai.RateLimitError"} if error else {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5}
    made = step(root, f"chat {model}", after_ms=after_ms, ms=ms, said=said)
    if error:
        made.status.code, made.status.message = Status.STATUS_CODE_ERROR, LIMITED
    return made


@pytest.fixture(scope="module")
def told(server: Server) -> str:
    """A project with the 25 requests, two hours old, and an incident."""
    spans = [one for i in range(25) for one in request(i, ago_s=7_200 - i)]
    send(server, "failing", spans)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7_190))
    marker = {"project": "failing", "kind": "incident", "name": "provider outage", "time": when}
    httpx.post(f"{server.url}/api/v1/markers", json=marker).raise_for_status()
    return "failing"


@pytest.fixture
def reliability(screen: Screen, told: str) -> Screen:
    screen.project = told
    return screen


def tile(page: Page, label: str) -> Locator:
    return page.get_by_role("link", name=f"{label}: ").locator("xpath=ancestor::dl")


def row(page: Page, table: str, name: str) -> Locator:
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=name)


def test_errors_are_counted_where_they_began_and_lead_to_their_traces(reliability: Screen) -> None:
    page = reliability.open("/reliability")
    expect(page).to_have_url(re.compile("/reliability/errors"))
    expect(tile(page, "Requests")).to_contain_text("25")
    expect(tile(page, "Requests that failed")).to_contain_text("4%")
    expect(tile(page, "Errors")).to_contain_text("5")
    expect(row(page, "Errors by error_type", "rate_limited")).to_contain_text("100%")
    expect(row(page, "Messages", "rate_limited")).to_contain_text("Error code: 429")
    expect(page.get_by_role("img", name="Errors over time")).to_be_visible()
    page.get_by_role("link", name="rate_limited", exact=True).click()
    expect(page).to_have_url(re.compile("/traces.*error_type"))
    expect(page.get_by_text("POST /chat")).to_have_count(5)


def test_dragging_over_a_chart_leads_to_the_traces_behind_it(reliability: Screen) -> None:
    page = reliability.open("/reliability/errors", range="24h")
    chart = page.get_by_role("img", name="Errors over time")
    expect(chart.locator("canvas")).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.98, box["y"] + 90, steps=8)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/traces\?.*from="))
    assert "error_origin" in page.url
    expect(page.get_by_text("POST /chat")).to_have_count(5)


def test_silent_failures_are_listed_by_kind_with_what_could_have_had_them(reliability: Screen) -> None:
    page = reliability.open("/reliability/silent")
    kinds = row(page, "Silent failures by kind", "tool_error_ignored")
    expect(kinds).to_contain_text("1 tool calls")
    expect(row(page, "Silent failures by kind", "no_documents")).to_contain_text("no searches")
    expect(row(page, "Silent failures by stage", "order_status")).to_contain_text("1")


def test_few_calls_are_shown_by_their_interval(reliability: Screen) -> None:
    page = reliability.open("/reliability/providers")
    # 20 of 25 calls of gpt-4o were answered; all 4 of claude: 51 % to 100 % is all that can be said
    expect(row(page, "Availability by provider and model", "gpt-4o")).to_contain_text("60.9%–91.1%")
    expect(row(page, "Availability by provider and model", "claude-sonnet-4-5")).to_contain_text("51%–100%")


def test_chains_say_who_stood_in_for_whom(reliability: Screen) -> None:
    page = reliability.open("/reliability/retries")
    expect(tile(page, "Answers asked for")).to_contain_text("25")
    expect(tile(page, "Attempts per success")).to_contain_text("1.21 ×")
    expect(row(page, "Chains", "gpt-4o → claude-sonnet-4-5")).to_contain_text("4")
    expect(page.get_by_text("No call here carries its provider's rate-limit headers")).to_be_visible()


def test_sessions_that_got_no_answer_are_named(reliability: Screen) -> None:
    page = reliability.open("/reliability/sessions")
    expect(row(page, "Abandoned sessions", "s24")).to_be_visible()
    expect(page.get_by_text("1 after a failure, 0 without an answer")).to_be_visible()


def test_the_map_is_walked_by_keyboard_to_the_traces_of_a_hop(reliability: Screen) -> None:
    page = reliability.open("/reliability/map")
    root = page.get_by_role("button", name="POST /chat, 25 calls")
    root.focus()
    page.keyboard.press("ArrowRight")
    focused = page.locator(".hop:focus")
    expect(focused).to_have_count(1)
    generate = page.get_by_role("button", name="llm generate, 29 calls, 17.2% failed")
    generate.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("hop=llm%2Fgenerate|hop=llm/generate"))
    expect(generate).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Into and out of generate")).to_be_visible()
    expect(row(page, "Missing hops", "guard")).to_contain_text("96%")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/traces.*stage"))


def test_an_objective_is_made_corrected_and_deleted(reliability: Screen) -> None:
    reliability.expected = ("422",)
    page = reliability.open("/reliability/objectives")
    expect(page.get_by_role("heading", name="No objective yet")).to_be_visible()
    page.get_by_role("button", name="New objective").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("answers come")
    form.get_by_label("Good is what satisfies").fill("sttatus != error")
    form.get_by_role("button", name="Make it").click()
    expect(form.get_by_text("did you mean 'status'?")).to_be_visible()
    form.get_by_label("Good is what satisfies").fill("status != error")
    form.get_by_label("Percent that have to be good").fill("90")
    form.get_by_role("button", name="Make it").click()
    card = page.get_by_role("article", name="Objective answers come")
    # one of 25 is bad where two and a half may be
    expect(card).to_contain_text("60% of the error budget left")
    expect(card).to_contain_text("90% of requests satisfy status != error, over 30 days")
    card.get_by_role("link", name="1 bad").click()
    expect(page).to_have_url(re.compile("/traces"))
    expect(page.get_by_text("POST /chat")).to_have_count(1)
    page.go_back()
    card.get_by_role("button", name="Delete").click()
    card.get_by_role("button", name="Delete it?").click()
    expect(page.get_by_role("heading", name="No objective yet")).to_be_visible()


def test_a_slow_span_wears_its_percentile(reliability: Screen) -> None:
    rows = reliability.server.get("/api/v1/spans", project="failing", filter="kind = llm and duration_ms > 800")["spans"]
    page = reliability.open(f"/traces/{rows[0]['trace_id']}", span=rows[0]["span_id"])
    badge = page.get_by_role("treeitem").filter(has_text="chat gpt-4o").get_by_text("P97")
    expect(badge).to_be_visible()
    expect(page.get_by_text("Slower than 97% of 20 like it that did not fail")).to_be_visible()


def test_a_silent_failure_is_said_where_its_span_is_read(reliability: Screen) -> None:
    rows = reliability.server.get("/api/v1/spans", project="failing", filter="silent_failure is not null")["spans"]
    page = reliability.open(f"/traces/{rows[0]['trace_id']}", span=rows[0]["span_id"])
    expect(page.get_by_role("note")).to_contain_text("tool_error_ignored")


def test_digits_go_from_tab_to_tab(reliability: Screen) -> None:
    page = reliability.open("/reliability/errors", range="24h")
    expect(tile(page, "Requests")).to_be_visible()
    for key, tab in (("3", "providers"), ("6", "map"), ("7", "objectives"), ("1", "errors")):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"/reliability/{tab}"))
    assert "range=24h" in page.url


@pytest.mark.parametrize("tab", ["errors", "silent", "providers", "retries", "sessions", "map"])
def test_nothing_here_is_said(screen: Screen, tab: str) -> None:
    page = screen.open(f"/reliability/{tab}", range="1h")
    expect(page.get_by_role("heading", name="Nothing in the last 1 hour")).to_be_visible()
    page.get_by_role("button", name="Look at all time").click()
    expect(page).to_have_url(re.compile("range=all"))


def test_a_failure_is_said_and_tried_again(reliability: Screen) -> None:
    reliability.expected = ("500",)
    failing = True

    def answer(route: Route) -> None:
        if failing:
            route.fulfill(status=500, json={"error": "The engine is on holiday.", "column": None})
        else:
            route.continue_()

    reliability.page.route("**/api/v1/reliability/errors*", answer)
    page = reliability.open("/reliability/errors")
    expect(page.get_by_role("alert")).to_contain_text("The engine is on holiday.")
    failing = False
    page.get_by_role("button", name="Try again").click()
    expect(tile(page, "Requests")).to_contain_text("25")
