"""The examples of docs/sdk.md run as they stand, and do what the page says."""

import inspect
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import sightline
from sightline.sdk._options import Options
from tests.running import Server, eventually
from tests.sdk.sink import Sink, collecting
from tests.sdk.standin import WORDS, Provider, providing

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sdk.md").read_text()
SERVICE, *EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sink, "subprocess.CompletedProcess[str]"]]:
    """All examples but the service, one after the other in one process, as in a notebook."""
    script = tmp_path_factory.mktemp("examples") / "examples.py"
    script.write_text(
        "import asyncio\nimport sightline\nsightline.init()\n" + "\n".join(EXAMPLES) + "\nassert asyncio.run(order_status('7'))\n"
    )
    with collecting() as sink:
        done = subprocess.run(
            [sys.executable, str(script)], env=os.environ | {"SIGHTLINE_URL": sink.url}, capture_output=True, text=True, check=False
        )
        yield sink, done


def test_every_example_runs(ran: tuple[Sink, "subprocess.CompletedProcess[str]"]) -> None:
    sink, done = ran
    assert done.returncode == 0, done.stderr
    assert {span.name for span in sink.spans} == {
        "find",
        "order_status",
        "write the answer",
        "support",
        "answer",
        "route",
        "answer cache",
    }


def test_the_examples_record_what_the_page_says(ran: tuple[Sink, "subprocess.CompletedProcess[str]"]) -> None:
    sink, done = ran
    stream = sink.span("write the answer").attributes
    assert (stream["output.value"], stream["sightline.chunks"]) == ("Within 30 days.", 3)
    assert json.loads(sink.span("find").attributes["gen_ai.retrieval.documents"])[0]["id"] == "kb-7"
    assert sink.span("answer").attributes["sightline.cache_read_tokens"] == 256
    asked = next(span for span in sink.spans if span.attributes.get("sightline.tenant") == "acme")
    assert (asked.attributes["plan"], asked.attributes["sightline.revenue_usd"]) == ("gold", 0.05)
    scores = {event["gen_ai.evaluation.name"]: event for event in sink.events}
    assert scores["helpful"]["span_id"] == scores["cites a source"]["span_id"]
    assert scores["resolved"]["session.id"] == "s-4"
    logged = next(span for span in sink.spans if span.trace_id in done.stderr)
    assert f"[trace_id={logged.trace_id} span_id={logged.span_id}] slow order system" in done.stderr


def test_the_options_table_has_every_option_with_its_default() -> None:
    table = PAGE[PAGE.index("| option | default | means |") : PAGE.index("## Without this SDK")]
    for name in inspect.signature(sightline.init).parameters:
        assert f"`{name}`" in table or name == "sigterm", name
    default = Options()
    assert f"{default.queue_items:,}, {default.queue_bytes // 2**20} MiB" in table
    assert f"{default.batch_items}, {default.every_s:g} s" in table
    assert f"{default.timeout_s:g} s, {default.exit_s:g} s" in table
    assert f"{default.content_chars:,}" in table
    assert f"{default.keep_content:g}, {default.slow_s:g} s" in table


def test_every_method_of_a_step_is_in_the_table() -> None:
    table = PAGE[PAGE.index("| method | records |") : PAGE.index("## Requests")]
    methods = {name for name, value in inspect.getmembers(sightline.Step, inspect.isfunction) if not name.startswith("_")}
    assert {name for name in methods if f"`{name}(" not in table} == set()


def test_the_collectors_configuration_is_one() -> None:
    said = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)[0])
    assert set(said["service"]["pipelines"]) == {"traces", "logs", "metrics"}
    for pipeline in said["service"]["pipelines"].values():
        assert set(pipeline["exporters"]) <= set(said["exporters"])


@contextmanager
def serving(folder: Path, url: str, provider: Provider, project: str) -> Iterator[str]:
    """The page's service, saved to a file and started as its reader would."""
    (folder / "app.py").write_text(SERVICE)
    environment = os.environ | {
        "SIGHTLINE_URL": url,
        "SIGHTLINE_PROJECT": project,
        "SIGHTLINE_EVERY_S": "0.1",
        "OPENAI_BASE_URL": f"{provider.url}/v1",
        "OPENAI_API_KEY": "x",
    }
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", "0", "--log-level", "info"]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"running on (http://\S+)", line):
                yield found.group(1)
                break
        else:
            raise AssertionError("the service did not start")
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def test_two_lines_trace_a_service_that_exists(server: Server, project: str, tmp_path: Path) -> None:
    """From an empty data directory: the request, its retrieval's embedding and its streamed call, with tokens and cost."""
    with providing() as provider, serving(tmp_path, server.url, provider, project) as url:
        began = time.monotonic()
        answer = httpx.get(f"{url}/ask", params={"question": "What about returns?"}, timeout=30)
        took_ms = (time.monotonic() - began) * 1000
        assert answer.text == "".join(WORDS)
    rows: list[dict[str, Any]] = eventually(
        lambda: server.query("count", "sum(input_tokens)", "sum(cost_usd)", "max(ttft_ms)", group_by=["kind", "model"], project=project),
        lambda rows: any(row["kind"] == "llm" and row["sum(cost_usd)"] for row in rows),
        within_s=60,
    )
    by_kind = {row["kind"]: row for row in rows}
    assert by_kind["llm"]["model"] == "gpt-4o-2024-08-06"
    assert by_kind["llm"]["sum(input_tokens)"] == 40
    assert by_kind["embedding"]["sum(input_tokens)"] == 3
    assert 50 <= by_kind["llm"]["max(ttft_ms)"] <= took_ms
    assert server.count(of="traces", project=project) == 1
    listed = server.get("/api/v1/traces", project=project)["traces"]
    assert listed[0]["name"] == "GET /ask"
