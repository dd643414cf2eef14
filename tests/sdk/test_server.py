"""What an application says by the SDK is what the server knows: through a real server, from an empty directory."""

import os
import subprocess
import sys
from typing import Any

from tests.running import Server, eventually

APPLICATION = """
import time
import sightline
sightline.init(service="shop", environment="test", release="1.2", queue_items=100, batch_items=1000, every_s=30, instrument=False)

@sightline.step("find", kind="retrieval")
def find(query):
    return [{"id": "a", "score": 0.75, "content": "Free returns."}, {"id": "b", "score": 0.25, "content": "Two days."}]

@sightline.step("write", kind="llm")
def write():
    this = sightline.current()
    this.model("gpt-4o", provider="openai", answered_by="gpt-4o-2024-08-06", finish_reason="stop")
    this.messages("How long?", "Within 30 days.")
    this.usage(input_tokens=1000, output_tokens=100, cache_read_tokens=400)
    this.prompt("answer", 7)
    yield "Within"
    time.sleep(0.05)
    yield " 30 days."

with sightline.request(task="support", user="ann", session="s1", tenant="acme", feature="chat", revenue_usd=0.5):
    with sightline.step("support", kind="request") as root:
        find("How long?")
        "".join(write())
        with sightline.step("route") as route:
            route.decision("answer", alternatives=["order"], confidence=0.9)
            route.state(before={"route": None}, after={"route": "answer"})
        with sightline.step("lookup", kind="tool") as lookup:
            lookup.tool("order_status", failed=True)
        with sightline.step("cached", kind="llm") as cached:
            cached.cache(hit=True)
        sightline.score("helpful", True)
        print(root.trace_id)
sightline.flush(20)
for _ in range(150):
    with sightline.step("too many"):
        pass
"""


def test_the_server_knows_what_the_application_said(server: Server, project: str) -> None:
    environment = os.environ | {"SIGHTLINE_URL": server.url, "SIGHTLINE_PROJECT": project}
    done = subprocess.run([sys.executable, "-c", APPLICATION], env=environment, capture_output=True, text=True, check=True)
    trace_id = done.stdout.strip()
    eventually(lambda: server.count(project=project), lambda count: count == 106, within_s=60)
    wanted = ("kind", "user_id", "tenant", "task", "session_id", "release", "environment")
    rows: list[dict[str, Any]] = eventually(
        lambda: server.query("count", "sum(revenue_usd)", group_by=list(wanted), project=project, filter=f"trace_id = '{trace_id}'"),
        lambda rows: all(row["user_id"] == "ann" for row in rows),
        within_s=60,
    )
    assert {tuple(row[name] for name in wanted[1:]) for row in rows} == {("ann", "acme", "support", "s1", "1.2", "test")}
    assert {row["kind"]: row["count"] for row in rows} == {"request": 1, "retrieval": 1, "llm": 2, "chain": 1, "tool": 1}
    assert sum(row["sum(revenue_usd)"] or 0 for row in rows) == 0.5

    def facts(stage: str, *measures: str) -> dict[str, Any]:
        return server.query(*measures, project=project, filter=f"stage = '{stage}'")[0]

    found = facts("find", "max(document_count)", "max(top_score)", "max(mean_score)")
    assert tuple(found.values())[-3:] == (2, 0.75, 0.5)
    wrote = facts("write", "sum(input_tokens)", "sum(cache_read_tokens)", "max(stall_ms)", "max(ttft_ms)")
    assert (wrote["sum(input_tokens)"], wrote["sum(cache_read_tokens)"]) == (1000, 400)
    assert wrote["max(stall_ms)"] >= 50 > wrote["max(ttft_ms)"]
    spans = {span["stage"]: span for span in server.get(f"/api/v1/traces/{trace_id}", project=project)["spans"]}
    assert spans["write"]["prompt_version"] == "7"
    assert spans["write"]["streamed"] is True
    assert spans["lookup"]["tool_is_error"] is True
    assert spans["cached"]["served_from_cache"] is True
