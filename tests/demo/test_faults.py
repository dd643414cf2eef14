"""The fault switchboard of the real demo process: each fault is found within a minute, by name, by whoever asks the API."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.running import Server, eventually

WITHIN_S = 60.0


class Demo:
    """The demo application as a process, and its switches."""

    def __init__(self, server: Server, *faults: str) -> None:
        self.server = server
        command = [sys.executable, "-m", "sightline.demo", "--endpoint", server.url, "--rate", "12", "--seed", "9", "--faults-port", "0"]
        command += [part for fault in faults for part in ("--fault", fault)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = re.search(r"switched at (\S+)", self.process.stdout.readline())
        assert said is not None
        self.url = said.group(1)

    @contextmanager
    def broken(self, name: str) -> Iterator[str]:
        """While the fault is on; says since when."""
        since = datetime.now(UTC).isoformat()
        assert httpx.put(f"{self.url}/faults/{name}").json()["on"] is True
        try:
            yield since
        finally:
            assert httpx.delete(f"{self.url}/faults/{name}").json()["on"] is False

    def shows(self, path: str, what: Callable[[Any], Sequence[object]], since: str, **params: list[str]) -> None:
        """What the API answers holds `what` within a minute."""
        address = f"{self.server.url}/api/v1/reliability/{path}"
        eventually(
            lambda: httpx.get(address, params={"from": since, **params}, timeout=60).raise_for_status().json(),
            lambda answer: len(what(answer)) > 0,
            within_s=WITHIN_S,
        )


@pytest.fixture(scope="module")
def demo(server: Server) -> Iterator[Demo]:
    """It begins with a broken tool; the others are switched on while it runs."""
    started = Demo(server, "broken-tool")
    try:
        yield started
    finally:
        started.process.terminate()
        started.process.communicate(timeout=20)


def test_a_broken_tool_is_named_among_errors_silent_failures_and_hops(demo: Demo) -> None:
    demo.shows(
        "errors",
        lambda answer: [row for row in answer["groups"] if row["group"] == ["order_status", "tool_error"]],
        "-10m",
        group_by=["stage", "error_type"],
    )
    demo.shows("silent-failures", lambda a: [k for k in a["kinds"] if k["kind"] == "tool_error_ignored" and k["cases"] > 0], "-10m")
    demo.shows("hops", lambda a: [node for node in a["nodes"] if node["stage"] == "order_status" and node["failed"]["share"] == 1], "-10m")
    httpx.delete(f"{demo.url}/faults/broken-tool").raise_for_status()


def test_a_storm_of_429_is_seen_in_availability_chains_and_headroom(demo: Demo) -> None:
    with demo.broken("429-storm") as since:
        demo.shows(
            "availability",
            lambda a: [m for m in a["models"] if m["model"] == "gpt-4o" and m["failures"]["rate_limited"] > m["available"]["of"]],
            since,
        )
        demo.shows("retries", lambda a: [chain for chain in a["chains"] if chain["models"] == ["gpt-4o", "claude-sonnet-4-5"]], since)
        demo.shows("retries", lambda a: [one for one in a["headroom"] if one["model"] == "gpt-4o" and one["left"] == 0], since)


def test_time_outs_are_named(demo: Demo) -> None:
    with demo.broken("timeouts") as since:
        demo.shows("errors", lambda a: [row for row in a["groups"] if row["group"] == ["timeout"]], since)
        demo.shows("retries", lambda a: [a["timeouts"]] if a["timeouts"]["of"] > 0 else [], since)


def test_a_slow_region_stands_out_among_regions(demo: Demo) -> None:
    with demo.broken("slow-region") as since:
        region = "attributes['cloud.region']"

        def first_tokens() -> dict[str, float]:
            rows = demo.server.query("p50(ttft_ms)", "count", filter="kind = llm and streamed = true", group_by=[region], from_=since)
            return {row[region]: row["p50(ttft_ms)"] or 0 for row in rows if row["count"] >= 3}

        eventually(first_tokens, lambda p50: p50.get("eu-north", 0) > 3 * p50.get("us-east", 1e9), within_s=WITHIN_S)


def test_there_is_a_page_and_an_answer_to_what_it_does_not_know(demo: Demo) -> None:
    page = httpx.get(demo.url)
    assert all(name in page.text for name in ("slow-region", "429-storm", "broken-tool", "timeouts"))
    switched = httpx.post(f"{demo.url}/switch/slow-region", follow_redirects=True)
    assert "aria-pressed=true" in switched.text
    httpx.delete(f"{demo.url}/faults/slow-region").raise_for_status()
    unknown = httpx.put(f"{demo.url}/faults/earthquake")
    assert unknown.status_code == 404
    assert "429-storm" in unknown.json()["error"]


def test_the_command_refuses_a_fault_that_there_is_not() -> None:
    command = [sys.executable, "-m", "sightline", "demo", "--fault", "earthquake"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "There is no fault 'earthquake': there are slow-region" in done.stderr
