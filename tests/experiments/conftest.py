"""A server, and a directory with a user's own code beside it."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import Server, running

_serial = count()

APP = """
import os, random, time

def answer(input):
    if "fails" in input:
        raise ValueError("I won't")
    pause = float(os.environ.get("PAUSE", "0"))
    if pause:
        time.sleep(pause)
        with open("called", "a") as file:
            file.write(input + "\\n")
    return input.upper()

async def worse(input, metadata):
    return input.upper() if metadata["n"] % 4 else "?"

def seeded(input):
    random.seed(1)
    return input.upper()

def right(output, expected):
    return output == expected

def length(output):
    return len(output)

def kind(output):
    return {"label": "short" if len(output) < 12 else "long", "explanation": "by its length"}

def broken(output):
    raise RuntimeError("no scale")
"""


@dataclass
class Bench:
    """A project, its dataset `words` of 40 items, and a directory to run commands in."""

    server: Server
    project: str
    path: Path

    def api(self, method: str, path: str, json: Any = None, **params: str) -> Any:
        url = f"{self.server.url}/api/v1{path}"
        response = httpx.request(method, url, json=json, params={"project": self.project} | params, timeout=60)
        assert response.status_code < 300, f"{path}: {response.status_code} {response.text[:500]}"
        return response.json() if response.content else None

    def start(self, *command: str, **env: str) -> "subprocess.Popen[str]":
        said = {**os.environ, "SIGHTLINE_URL": self.server.url, "COLUMNS": "200", **env}
        return subprocess.Popen(
            [sys.executable, "-m", *command], cwd=self.path, env=said, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def eval(self, *options: str, **env: str) -> tuple[int, str, str]:
        process = self.start("sightline", "eval", *options, "--project", self.project, **env)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def experiments(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api("GET", "/experiments")["experiments"]
        return found


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("experiments") / "data", settle_quiet_s=0.2, settle_every_s=0.1) as server:
        yield server


@pytest.fixture
def bench(server: Server, tmp_path: Path) -> Bench:
    (tmp_path / "app.py").write_text(textwrap.dedent(APP))
    bench = Bench(server, f"e{next(_serial)}", tmp_path)
    bench.api("POST", "/datasets", {"name": "words"})
    items = [{"id": f"i{n:02d}", "input": f"word {n}", "expected": f"WORD {n}", "metadata": {"n": n}} for n in range(40)]
    bench.api("POST", "/datasets/words/items", {"items": items})
    return bench
