"""What the SDK is to a process: light to import, complete in its types, one with OpenTelemetry."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

import sightline
from sightline.sdk._state import STATE
from tests.sdk.sink import Sink, collecting

ROOT = Path(__file__).resolve().parents[2]

SERVER_PACKAGES = ("fastapi", "chdb", "pydantic", "sqlalchemy", "numpy", "typer", "structlog", "uvicorn", "grpc", "openai")


def python(code: str, **env: str) -> "subprocess.CompletedProcess[str]":
    import os

    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIGHTLINE_", "OTEL_"))}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=kept | env)


def test_importing_it_imports_nothing_of_the_servers_or_of_libraries_to_trace() -> None:
    done = python("import sys, sightline\nsightline.init(); sightline.step; print(sorted(sys.modules))")
    loaded = set(eval(done.stdout))
    assert {name for name in SERVER_PACKAGES if name in loaded} == set()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("sightline.")}
    assert rooms == {"sdk"}


def test_the_package_itself_loads_nothing() -> None:
    done = python("import sys, sightline\nprint(sightline.__version__, 'opentelemetry' in sys.modules, 'init' in dir(sightline))")
    assert done.stdout.split() == [sightline.__version__, "False", "True"]


def test_it_needs_opentelemetry_alone() -> None:
    import re
    import tomllib

    said = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.split(r"[>=<]", one)[0] for one in said} == {
        "opentelemetry-api",
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
    }


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'start'"):
        sightline.start  # noqa: B018


USE = """
import asyncio
from collections.abc import AsyncIterator, Iterator
import sightline

sightline.init(service="shop", keep_content=0.5, propagate_to=["*.acme.com"])

@sightline.step
def plain(a: int, *, b: str = "") -> list[int]:
    return [a]

@sightline.step(kind="llm")
def stream(n: int) -> Iterator[str]:
    yield "a"

@sightline.step("named", kind="tool", capture=False, attributes={"tier": "gold"})
async def task(x: float) -> bytes:
    return b""

@sightline.step
async def chunks() -> AsyncIterator[int]:
    yield 1

class Service:
    @sightline.step
    def ask(self, q: str) -> str:
        return q

reveal_type(plain)
reveal_type(stream(1))
reveal_type(task(1.0).__await__())
reveal_type(chunks())
reveal_type(Service().ask("x"))
with sightline.request(user="u") as nothing, sightline.step("s") as this:
    reveal_type(this)
reveal_type(sightline.current())
reveal_type(sightline.exported().dropped)
sightline.score("s", True, of=this)
plain("x")
sightline.step(kind="nonsense")
"""


def test_its_types_are_complete_from_outside(tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "use.py")],
        capture_output=True,
        text=True,
        check=False,
        env={"MYPYPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
    )
    lines = [line.partition(": ")[2] for line in done.stdout.splitlines() if line.startswith("use.py")]
    revealed = [line.split('"')[1] for line in lines if "Revealed" in line]
    assert revealed == [
        "def (a: int, *, b: str =) -> list[int]",
        "typing.Iterator[str]",
        "typing.Generator[Any, Any, bytes]",
        "typing.AsyncIterator[int]",
        "str",
        "sightline.sdk._steps.Step",
        "sightline.sdk._recorder.Recorder",
        "typing.Mapping[str, int]",
    ]
    errors = [line for line in lines if line.startswith("error")]
    assert [error.rpartition("[")[2] for error in errors] == ["arg-type]", "call-overload]"], errors


JOINED = """
import logging
logging.basicConfig(level=logging.WARNING)
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
memory = InMemorySpanExporter()
provider = TracerProvider(resource=Resource.create({"service.name": "theirs"}))
provider.add_span_processor(SimpleSpanProcessor(memory))
trace.set_tracer_provider(provider)
import sightline
for _ in range(3):
    sightline.init(instrument=False)
assert trace.get_tracer_provider() is provider
with trace.get_tracer("app").start_as_current_span("outer"), sightline.step("inner") as this:
    this.input("sk-proj-Ab12Cd34Ef56Gh78Ij90Kl")
both = {span.name: span for span in memory.get_finished_spans()}
assert set(both) == {"outer", "inner"}
assert both["inner"].attributes["input.value"].startswith("sk-proj")
"""


def test_it_joins_what_the_application_has_set_up_and_again_changes_nothing() -> None:
    with collecting() as sink:
        done = python(JOINED, SIGHTLINE_URL=sink.url)
        assert (done.returncode, done.stderr) == (0, "")
        assert sorted(span.name for span in sink.spans) == ["inner", "outer"]  # once each
        assert {span.resource["service.name"] for span in sink.spans} == {"theirs"}
        assert sink.span("inner").attributes["input.value"] == "[redacted key]"  # the other exporter keeps what it was given


def test_before_init_everything_works_and_nothing_is_recorded() -> None:
    done = python(
        "import sightline\n"
        "@sightline.step\n"
        "def f(x): return x\n"
        "with sightline.request(user='u'), sightline.step('s') as this:\n"
        "    this.output(f(1)); sightline.current().usage(input_tokens=1); sightline.score('x', 1.0)\n"
        "assert sightline.flush() and sightline.current_trace_url() is None\n"
        "print(sightline.exported().error)"
    )
    assert (done.stdout, done.stderr) == ("sightline.init() was not called\n", "")


def test_told_to_instrument_nothing_it_changes_nothing_of_pythons() -> None:
    done = python(
        "import threading, sys, httpx, starlette.applications, openai, sightline\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "places = [(threading.Thread, 'start'), (ThreadPoolExecutor, 'submit'), (httpx.Client, 'send'), (openai.OpenAI, 'request')]\n"
        "before = [getattr(*place) for place in places], starlette.applications.Starlette.__call__, list(sys.meta_path)\n"
        "sightline.init(instrument=False)\n"
        "print(before == ([getattr(*place) for place in places], starlette.applications.Starlette.__call__, list(sys.meta_path)))\n"
    )
    assert done.stdout == "True\n", done.stderr


def test_a_later_init_moves_where_things_go(sink: Sink) -> None:
    with collecting() as other:
        sightline.init(url=other.url, project="elsewhere")
        try:
            with sightline.step("moved"):
                address = sightline.current_trace_url()
            moved = other.span("moved")
            assert address == f"{other.url}/traces/{moved.trace_id}?project=elsewhere"
            assert other.headers[0]["x-sightline-project"] == "elsewhere"
        finally:
            sightline.init(url=sink.url, project="sdk-tests")
    assert sink.spans == []


def test_a_score_is_about_what_it_says(sink: Sink) -> None:
    with sightline.step("answer") as this:
        sightline.score("here", 0.5, explanation="half right")
    sightline.score("there", label="good", of=this, source="user", user="ann")
    sightline.score("by id", True, trace_id=this.trace_id)
    sightline.score("session", 1, session="s1")
    sightline.score("nothing")
    assert sightline.flush(10)
    scores = {event["gen_ai.evaluation.name"]: event for event in sink.events}
    assert set(scores) == {"here", "there", "by id", "session"}
    assert {event["event"] for event in sink.events} == {"gen_ai.evaluation.result"}
    assert [scores[name]["trace_id"] for name in ("here", "there", "by id", "session")] == [this.trace_id] * 3 + [""]
    assert [scores[name]["span_id"] for name in ("here", "there", "by id")] == [this.span_id, this.span_id, ""]
    assert (scores["here"]["gen_ai.evaluation.score.value"], scores["here"]["gen_ai.evaluation.explanation"]) == (0.5, "half right")
    assert (scores["there"]["gen_ai.evaluation.score.label"], scores["there"]["sightline.score.source"]) == ("good", "user")
    assert scores["by id"]["gen_ai.evaluation.score.value"] == 1.0
    assert scores["session"]["session.id"] == "s1"


def test_a_span_that_the_garbage_collector_ends_does_not_wait_for_itself(sink: Sink) -> None:
    """It runs anywhere, also where its thread is putting another span into the queue."""
    outbox = STATE.outbox
    assert outbox is not None
    lock = outbox._lock

    def collected() -> None:
        with lock, sightline.step("collected"):
            pass

    thread = threading.Thread(target=collected, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert sink.span("collected")


def test_what_the_server_refused_in_part_is_counted(sink: Sink) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTracePartialSuccess, ExportTraceServiceResponse

    from sightline.sdk._outbox import _refused

    answer = ExportTraceServiceResponse(partial_success=ExportTracePartialSuccess(rejected_spans=3)).SerializeToString()
    assert _refused("traces", answer) == 3
    assert _refused("traces", b"<html>") == 0
