"""Traces to be judged, judges that judge them, and workers as processes of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.otlp import new_id, span, traces
from tests.running import Server, eventually

RUBRIC = "The answer passes when it is right."


def definition(url: str, **said: Any) -> dict[str, Any]:
    """A judge of LLM spans at an endpoint; its prices are $1 and $2 for a million tokens."""
    model = {"model": "stand-in", "endpoint": url, "prices": {"input_usd": 1.0, "output_usd": 2.0}}
    return {"target": "span", "filter": "kind = llm", "rubric": RUBRIC, "model": model, "timeout_s": 2.0, "max_output_tokens": 100} | said


def make(server: Server, project: str, name: str, defined: dict[str, Any], **said: Any) -> dict[str, Any]:
    body = {"name": name, "definition": defined} | said
    response = httpx.post(f"{server.url}/api/v1/judges", params={"project": project}, json=body, timeout=30)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def send(
    server: Server, project: str, answers: Sequence[str], *, question: str = "What is it?", documents: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """A settled trace for each answer: a root, a search, an LLM call; the (trace, span) of each call."""
    spans, ids = [], []
    start = time.time_ns()
    for answer in answers:
        trace, root, call = new_id(16), new_id(8), new_id(8)
        ids.append((trace.hex(), call.hex()))
        spans.append(
            span(
                "ask",
                trace_id=trace,
                span_id=root,
                start_ns=start,
                ms=50,
                said={"input.value": question, "output.value": answer, "sightline.task": "qa"},
            )
        )
        found: dict[str, object] = {"openinference.span.kind": "RETRIEVER", "input.value": question}
        found |= {f"retrieval.documents.{i}.document.content": text for i, text in enumerate(documents)}
        spans.append(span("search", trace_id=trace, parent_span_id=root, start_ns=start + 1_000_000, said=found))
        said = {
            "openinference.span.kind": "LLM",
            "llm.model_name": "m",
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.content": question,
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.content": answer,
        }
        spans.append(span("chat", trace_id=trace, span_id=call, parent_span_id=root, start_ns=start + 10_000_000, said=said))
    for first in range(0, len(spans), 3_000):
        body = traces(spans[first : first + 3_000]).SerializeToString()
        assert server.send("traces", body, headers={"x-sightline-project": project}).status_code == 200
    eventually(lambda: server.count(of="traces", project=project, filter="settled = true"), lambda n: n >= len(answers), within_s=90)
    return ids


class Process:
    """`sightline worker` against a server."""

    def __init__(self, server: Server, *options: str, log: Path | None = None, env: dict[str, str] | None = None) -> None:
        self._command = [sys.executable, "-m", "sightline", "worker", "--url", server.url, *options]
        self._log = log or server.data.parent / "worker.log"
        self._env = os.environ | (env or {})
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Process":
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._env)
        return self

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process is None:
            return 0
        with suppress(ProcessLookupError):
            self.process.send_signal(how)
        code = self.process.wait(30)
        self.process = None
        return code


@contextmanager
def working(server: Server, *options: str, env: dict[str, str] | None = None) -> Iterator[Process]:
    """A worker while the context lasts."""
    worker = Process(server, *options, env=env).start()
    try:
        yield worker
    finally:
        worker.end()


def scores(server: Server, project: str, **params: object) -> list[dict[str, Any]]:
    """All of them, page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, object] = {}
    while True:
        page = server.get("/api/v1/scores", project=project, limit=1000, **params, **cursor)
        found += page["scores"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
