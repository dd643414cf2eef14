"""What real client libraries sent can be read in a browser: every span's name, and the real messages."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import eventually
from tests.ui.conftest import Screen

CAPTURES = Path(__file__).resolve().parents[2].parent / "shared" / "captures"


def cases() -> list[Any]:
    """Every case of every client library; none where the shared data are not beside the project."""
    return [
        pytest.param(manifest.parent / case, said, id=f"{manifest.parent.name}-{case}")
        for manifest in sorted(CAPTURES.glob("*/manifest.json"))
        for case, said in json.loads(manifest.read_text())["cases"].items()
    ]


@pytest.mark.parametrize(("case", "manifest"), cases())
def test_every_span_and_message_of_a_capture_is_on_its_page(screen: Screen, case: Path, manifest: dict[str, Any]) -> None:
    for body in sorted(case.glob("*.pb")):
        signal = "logs" if "logs" in body.name else "traces" if "traces" in body.name else "metrics"
        assert screen.server.send(signal, body.read_bytes(), headers={"x-sightline-project": screen.project}).status_code == 200
    eventually(lambda: screen.server.count(project=screen.project), lambda count: count == manifest["spans"])
    eventually(
        lambda: screen.server.get("/api/v1/traces", project=screen.project)["traces"],
        lambda found: bool(found) and all(t["settled"] for t in found),
    )
    read: list[str] = []
    for trace in screen.server.get("/api/v1/traces", project=screen.project)["traces"]:
        spans = screen.server.get(f"/api/v1/traces/{trace['trace_id']}", project=screen.project)["spans"]
        page = screen.open(f"/traces/{trace['trace_id']}", http="true")
        for span in spans:
            page.get_by_role("treeitem", name=span["name"]).first.wait_for()
        rows = page.get_by_role("treeitem")
        assert rows.count() == len(spans)
        for index in range(len(spans)):
            rows.nth(index).click()
            read.append(page.get_by_role("region", name="Span ").inner_text())
    text = "\n".join(read)
    for call in manifest["provider_calls"]:
        for side in ("input", "output"):
            if call.get(side) and manifest["carried"].get(side):
                assert call[side] in text, f"the {side} of {call['api']} is not on the page"
