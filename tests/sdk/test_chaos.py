"""Whatever becomes of the server, the application says and does the same, as fast, and what was lost is counted."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sdk.sink import Sink, collecting

ROOT = Path(__file__).resolve().parents[2]

APPLICATION = """
import dataclasses, json, os, sys, time
import sightline
options = json.loads(os.environ["OPTIONS"])
steps = options.pop("steps", 300)
tries, flush_s = options.pop("tries", 0), options.pop("flush_s", 20)
sightline.init(**{"every_s": 0.05, "exit_s": 30, "instrument": False} | options)
took = []
for n in range(steps):
    began = time.perf_counter_ns()
    with sightline.step("work", kind="llm") as this:
        this.messages("question " * 50, "answer " * 20)
    took.append(time.perf_counter_ns() - began)
print(sum(range(steps)))
sys.stdout.flush()
for _ in range(tries):
    if sightline.flush(flush_s):
        break
exporting = dataclasses.asdict(sightline.exported())
took.sort()
with open(os.environ["REPORT"], "w") as file:
    json.dump({"median_us": took[len(took) // 2] / 1000, "exported": exporting, "ended": time.time()}, file)
"""


@dataclass
class Ran:
    """An application that ran."""

    out: str
    err: str
    code: int
    exit_s: float
    """from its last line to its end"""
    report: dict[str, Any]


def run(tmp_path: Path, *, env: dict[str, str] | None = None, script: str = APPLICATION, **options: object) -> Ran:
    report = tmp_path / "report.json"
    done = subprocess.run(  # noqa: PLW1510 - the code is part of the answer
        [sys.executable, "-c", script],
        env=_environment() | {"OPTIONS": json.dumps(options), "REPORT": str(report)} | (env or {}),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    said = json.loads(report.read_text()) if report.exists() else {}
    return Ran(done.stdout, done.stderr, done.returncode, time.time() - said.get("ended", 0), said)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("SIGHTLINE_", "OTEL_"))}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with collecting() as started:
        yield started


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def untrusted(sink: Sink) -> Iterator[str]:
    """A server with TLS whose certificate nobody vouches for."""
    with collecting(certificate=Path(__file__).with_name("self_signed.pem")) as started:
        yield started.url


@pytest.fixture
def closed() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return f"http://127.0.0.1:{port}"


ANSWER = f"{sum(range(300))}\n"


def test_a_certificate_of_ones_own_is_trusted_when_named(tmp_path: Path, untrusted: str) -> None:
    ran = run(tmp_path, url=untrusted, certificate=str(Path(__file__).with_name("self_signed.pem")), tries=1)
    assert ran.report["exported"]["sent"] == 300


def test_all_of_it_arrives_at_exit(tmp_path: Path, sink: Sink) -> None:
    ran = run(tmp_path, url=sink.url, every_s=30)
    assert (ran.out, ran.err, ran.code) == (ANSWER, "", 0)
    assert len(sink.spans) == 300


@pytest.mark.parametrize("how", ["down", "silent", "slow", "503", "400", "tls", "redirect"])
def test_a_bad_server_changes_nothing_for_the_application(
    tmp_path: Path, sink: Sink, silent: str, closed: str, untrusted: str, how: str
) -> None:
    status = {"503": 503, "400": 400, "redirect": 302}.get(how)
    if status is not None:
        sink.answer = lambda path: status
    if how == "slow":
        sink.delay_s = 20
    url = {"down": closed, "silent": silent, "tls": untrusted}.get(how, sink.url)
    good = tmp_path / "good"
    good.mkdir()
    with collecting() as healthy:
        usual = run(good, url=healthy.url)
    waits = how in {"silent", "slow"}
    ran = run(tmp_path, url=url, tries=1, flush_s=0.5 if waits else 20, exit_s=1, timeout_s=60)
    assert (ran.out, ran.err, ran.code) == (ANSWER, "", 0)
    assert ran.report["median_us"] < 3 * usual.report["median_us"] + 50
    assert ran.exit_s < 1 + 10  # exit_s and a busy machine; a request may take 60
    said = ran.report["exported"]
    assert said["sent"] + said["waiting"] + sum(said["dropped"].values()) == 300
    if how in {"400", "redirect"}:
        assert said["dropped"] == {"refused": 300}
    if not waits:
        assert said["sent"] == 0
        assert said["error"]


LOSING = """
import logging, os, sys, json
import sightline
logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.WARNING)
sightline.init(**json.loads(os.environ["OPTIONS"]))
for n in range(50):
    with sightline.step("work"): pass
"""


def test_what_was_dropped_at_exit_is_said_where_logging_is_set_up(tmp_path: Path, closed: str) -> None:
    ran = run(tmp_path, script=LOSING, url=closed, queue_items=20, instrument=False, every_s=30)
    assert re.findall(r"(\d+) spans or scores were not sent to \S+ \((\w+) \d+\)", ran.out) == [("30", "queue_full"), ("20", "exit")]


def test_the_oldest_are_dropped_and_the_server_is_told_how_many(tmp_path: Path, sink: Sink) -> None:
    ran = run(tmp_path, url=sink.url, queue_items=100, batch_items=1000, every_s=30)
    assert ran.report["exported"]["dropped"] == {"queue_full": 200}
    assert len(sink.spans) == 100
    assert sink.metrics == [("sightline.sdk.dropped", {"reason": "queue_full"}, 200)]


def test_the_queue_is_bounded_by_its_bytes_too(tmp_path: Path, sink: Sink) -> None:
    ran = run(tmp_path, url=sink.url, queue_bytes=64 * 1024, batch_items=1000, every_s=30)
    kept = 300 - ran.report["exported"]["dropped"]["queue_full"]
    size = (
        512 + len('[{"role": "user", "content": ""}][{"role": "assistant", "content": ""}]') + len("question ") * 50 + len("answer ") * 20
    )
    assert kept == 64 * 1024 // (size + len("llm"))
    assert len(sink.spans) == kept


def test_a_server_that_comes_back_gets_what_waited(tmp_path: Path, sink: Sink) -> None:
    refusals = iter([503, 503])
    sink.answer = lambda path: next(refusals, 200)
    ran = run(tmp_path, url=sink.url, tries=10)
    assert len(sink.spans) == 300
    assert ran.report["exported"]["sent"] == 300


def test_the_spool_outlives_the_process(tmp_path: Path, sink: Sink, closed: str) -> None:
    spool = tmp_path / "spool"
    first = run(tmp_path, url=closed, spool=str(spool), tries=1)
    assert first.out == ANSWER
    assert sum(int(path.name.split(".")[1]) for path in spool.iterdir()) == 300
    assert {path.stat().st_mode & 0o777 for path in spool.iterdir()} == {0o600}  # it holds prompts
    assert spool.stat().st_mode & 0o777 == 0o700
    run(tmp_path, url=sink.url, spool=str(spool), steps=1)
    assert len(sink.spans) == 301
    assert list(spool.iterdir()) == []


def test_a_full_spool_gives_up_its_oldest_and_counts_them(tmp_path: Path, closed: str) -> None:
    spool = tmp_path / "spool"
    ran = run(tmp_path, url=closed, spool=str(spool), spool_bytes=40_000, batch_items=20, tries=1)
    assert ran.out == ANSWER
    assert 0 < sum(path.stat().st_size for path in spool.iterdir()) <= 40_000
    kept = sum(int(path.name.split(".")[1]) for path in spool.iterdir())
    said = ran.report["exported"]
    assert said["dropped"]["spool_full"] > 0
    assert said["dropped"]["spool_full"] + said["spooled"] + said["waiting"] == 300
    assert said["spooled"] == kept


def test_a_spool_that_cannot_be_written_is_counted(tmp_path: Path, closed: str) -> None:
    (tmp_path / "file").write_text("")
    ran = run(tmp_path, url=closed, spool=str(tmp_path / "file" / "spool"), tries=1)
    assert (ran.out, ran.code) == (ANSWER, 0)
    assert ran.report["exported"]["dropped"] == {"spool_error": 300}


FORKING = """
import json, os, sys, time
import sightline
sightline.init(**json.loads(os.environ["OPTIONS"]))
with sightline.step("before"): pass
sightline.flush(20) if os.environ["STARTED"] else None
children = []
for n in range(3):
    pid = os.fork()
    if pid == 0:
        sightline.init()
        with sightline.step(f"child-{n}"): pass
        print(f"child {n}")
        sys.exit(0)
    os.waitpid(pid, 0)
with sightline.step("parent"): pass
print("parent")
"""


@pytest.mark.parametrize("started", [0, 1], ids=["while_it_is_sending", "after_it_has_sent"])
def test_each_process_of_a_fork_sends_its_own_once(tmp_path: Path, sink: Sink, started: int) -> None:
    """As gunicorn with `--preload`: set up in the master, used in the workers."""
    ran = run(tmp_path, script=FORKING, env={"STARTED": "1" if started else ""}, url=sink.url, instrument=False, exit_s=30)
    assert ran.err == ""
    assert ran.code == 0
    assert sorted(span.name for span in sink.spans) == ["before", "child-0", "child-1", "child-2", "parent"]


TERMINATED = """
import json, os, signal, sys, time
import sightline
sightline.init(**json.loads(os.environ["OPTIONS"]))
if os.environ["OWN"] == "2":
    signal.signal(signal.SIGTERM, lambda *said: sys.exit(7))
with sightline.step("work"): pass
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("own", "code"), [(1, -signal.SIGTERM), (2, 7)], ids=["nobody_handles_it", "the_application_does"])
def test_sigterm_sends_what_waits_and_ends_as_ever(tmp_path: Path, sink: Sink, own: int, code: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", TERMINATED],
        env=_environment() | {"OPTIONS": json.dumps({"url": sink.url, "every_s": 30, "instrument": False, "exit_s": 30}), "OWN": str(own)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == code
    process.stdout.close()
    assert [span.name for span in sink.spans] == ["work"]


CRASHING = """
import json, os
import sightline
sightline.init(**json.loads(os.environ["OPTIONS"]))
with sightline.step("work"):
    raise ValueError("mine")
"""


def test_sigterm_in_the_middle_of_recording_ends_it_all_the_same(tmp_path: Path, sink: Sink) -> None:
    script = TERMINATED.replace("time.sleep(60)", "from sightline.sdk._state import STATE\nwith STATE.outbox._lock: time.sleep(60)")
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env=_environment() | {"OPTIONS": json.dumps({"url": sink.url, "every_s": 0.05, "instrument": False, "exit_s": 0.5}), "OWN": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == -signal.SIGTERM
    process.stdout.close()


def test_an_unhandled_error_is_the_applications_own(tmp_path: Path, sink: Sink) -> None:
    ran = run(tmp_path, script=CRASHING, url=sink.url, instrument=False, exit_s=30)
    assert ran.code == 1
    assert ran.err.endswith("ValueError: mine\n")
    assert "sightline" not in ran.err.replace('"<string>"', "").replace("sightline.step", "")
    assert [(span.name, span.status) for span in sink.spans] == [("work", 2)]


def test_bad_settings_are_left_out_not_raised(tmp_path: Path, sink: Sink) -> None:
    ran = run(tmp_path, url=sink.url, env={"SIGHTLINE_TIMEOUT_S": "soon", "SIGHTLINE_HEADERS": "x-a=1\nhost: evil"}, queue_items=-5)
    assert (ran.out, ran.err, ran.code) == (ANSWER, "", 0)
    assert len(sink.spans) == 300


def test_switched_off_by_opentelemetrys_own_switch_nothing_is_sent(tmp_path: Path, sink: Sink) -> None:
    ran = run(tmp_path, url=sink.url, env={"OTEL_SDK_DISABLED": "true"})
    assert (ran.out, ran.err, ran.code) == (ANSWER, "", 0)
    assert sink.requests == 0


FROZEN = """
import json, os
import sightline
sightline.init(**json.loads(os.environ["OPTIONS"]))
with sightline.step("handler", kind="request"), sightline.step("inside"): pass
os._exit(0)  # as a process that is frozen after its answer, and never thawed
"""


def test_a_frozen_process_has_sent_its_request(tmp_path: Path, sink: Sink) -> None:
    run(tmp_path, script=FROZEN, url=sink.url, every_s=30, exit_s=30, instrument=False, env={"AWS_LAMBDA_FUNCTION_NAME": "f"})
    assert sorted(span.name for span in sink.spans) == ["handler", "inside"]
