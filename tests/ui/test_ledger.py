"""The ledger on screen: everything received is accounted for."""

from playwright.sync_api import expect

from tests.otlp import span, traces
from tests.running import eventually
from tests.ui.conftest import Screen


def test_received_is_stored_and_duplicate_and_rejected(screen: Screen) -> None:
    headers = {"x-sightline-project": screen.project}
    body = traces([span("kept"), span("refused", trace_id=b"\0" * 16)]).SerializeToString()
    for _ in range(2):
        assert screen.server.send("traces", body, headers=headers).status_code == 200
    total = eventually(
        lambda: screen.server.get("/api/v1/ledger", project=screen.project)["total"], lambda total: total.get("received", 0) == 4
    )
    page = screen.open("/ledger")
    equation = page.get_by_text("received =")
    expect(equation).to_contain_text(f"4 received = 1 stored + {total['duplicate']} duplicate + {total['rejected']} rejected")
    expect(page.get_by_text("does not add up")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text="traces").first).to_contain_text("×")


def test_nothing_received_is_said(screen: Screen) -> None:
    page = screen.open("/ledger")
    expect(page.get_by_role("heading", name="Nothing has been received")).to_be_visible()
