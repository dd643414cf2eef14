"""A real server in a process of its own, and real requests to it."""

import atexit
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
START_S = 60.0


@dataclass
class Server:
    """`sightline serve`, or another command that does, on free ports. `options` become SIGHTLINE_* variables."""

    data: Path
    options: Mapping[str, object] = field(default_factory=dict)
    command: Sequence[str] = ("serve",)
    process: subprocess.Popen[str] | None = None
    url: str = ""
    grpc_port: int = 0
    output: str = ""

    def start(self) -> "Server":
        """Return once it answers; raise RuntimeError with its output if it ends instead."""
        elsewhere = {"store", "config"} & self.options.keys() or (self.data.parent / "sightline.toml").exists()
        if not (elsewhere or self.data.exists()):
            shutil.copytree(empty(), self.data, symlinks=True)
        said = {f"SIGHTLINE_{name.upper()}": str(value) for name, value in self.options.items()}
        env = {k: v for k, v in os.environ.items() if not k.startswith("SIGHTLINE_")} | said
        log = (self.data.parent / f"{self.data.name}.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sightline", *self.command, "--data", str(self.data), "--port", "0", "--grpc-port", "0"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=self.data.parent,
        )
        log.close()
        line = _first_line(self.process, START_S)
        found = re.search(r"answers on (\S+?),? gRPC on port (\d+)", line)
        if found is None:
            self._end(signal.SIGKILL)
            raise RuntimeError(f"the server did not start: {line!r} {self.log()[-3000:]}")
        self.url, self.grpc_port = found.group(1).replace("localhost", "127.0.0.1"), int(found.group(2))
        return self

    def log(self) -> str:
        """What it has written to stderr."""
        return (self.data.parent / f"{self.data.name}.log").read_text()

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """SIGKILL: no last words."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def get(self, path: str, **params: object) -> Any:
        """The JSON of a GET that must succeed."""
        response = httpx.get(self.url + path, params={k: str(v) for k, v in params.items()}, timeout=60)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.text[:500]}"
        return response.json()

    def query(self, *measures: str, **said: object) -> list[dict[str, Any]]:
        """The rows of POST /api/v1/query; `from_` stands for `from`."""
        body = {name.rstrip("_"): value for name, value in said.items()} | {"measures": list(measures)}
        response = httpx.post(self.url + "/api/v1/query", json=body, timeout=60)
        assert response.status_code == 200, f"{body}: {response.status_code} {response.text[:500]}"
        rows: list[dict[str, Any]] = response.json()["rows"]
        return rows

    def count(self, *, of: str = "spans", project: str = "default", filter: str = "") -> int:  # noqa: A002 - the API's word
        """How many there are."""
        rows = self.query("count", of=of, project=project, filter=filter)
        return int(rows[0]["count"]) if rows else 0

    def send(self, signal_: str, body: bytes, *, path: str | None = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """POST an OTLP body as it is."""
        return httpx.post(
            self.url + (path or f"/v1/{signal_}"),
            content=body,
            headers={"content-type": "application/x-protobuf"} | dict(headers or {}),
            timeout=60,
        )


@cache
def empty() -> Path:
    """The data directory of a server that was started once and received nothing: making its tables takes longer than all the rest."""
    folder = Path(tempfile.mkdtemp(prefix="empty"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = folder / "data"
    made.mkdir()
    server = Server(made).start()
    server.stop()
    return made


def _first_line(process: "subprocess.Popen[str]", limit_s: float) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline() if selector.select(limit_s) else ""


@contextmanager
def running(data: Path, *command: str, **options: object) -> Iterator[Server]:
    """A started server, stopped at the end; `sightline serve` unless another `command` is given.

    What it is sent is to be seen and settled soon: it hardly rests.
    """
    server = Server(data, {"segment_linger_s": 0.05, "settle_share": 1} | options, command or ("serve",)).start()
    try:
        yield server
    finally:
        server.stop()


def eventually(ask: Callable[[], T], holds: Callable[[T], bool], *, within_s: float = 20.0) -> T:
    """What `ask` answers once it `holds`; the last answer's failure after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while True:
        began = time.monotonic()
        answer = ask()
        if holds(answer):
            return answer
        now = time.monotonic()
        if now > deadline:
            raise AssertionError(f"still {json.dumps(answer, default=str)[:1000]} after {within_s} s")
        time.sleep(min(max(0.05, now - began), 0.5))  # asking is half of what the machine does meanwhile, at the most
