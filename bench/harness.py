"""Where the public harness lies, and a Sightline server to point it at."""

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import httpx

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "bench"


def shared(name: str) -> ModuleType:
    """A module of the public harness: gen_otlp, load or reference. Ends the program where it is not beside the project."""
    if not SHARED.is_dir():
        sys.exit(f"the public harness is not at {SHARED.relative_to(ROOT.parent)} beside the project")
    if str(SHARED) not in sys.path:
        sys.path.insert(0, str(SHARED))
    return importlib.import_module(name)


@dataclass
class Running:
    """A started server."""

    url: str
    pid: int
    start_s: float
    data: Path

    def peak_mb(self) -> float:
        """Peak resident memory so far."""
        return self._status("VmHWM")

    def rss_mb(self) -> float:
        """Resident memory now."""
        return self._status("VmRSS")

    def cpu_s(self) -> float:
        """Processor seconds used so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, name: str) -> float:
        return int(Path(f"/proc/{self.pid}/status").read_text().split(f"{name}:")[1].split()[0]) / 1024

    def query(self, **body: object) -> list[dict[str, object]]:
        """The rows of POST /api/v1/query."""
        answer = httpx.post(f"{self.url}/api/v1/query", json=body, timeout=120)
        answer.raise_for_status()
        rows: list[dict[str, object]] = answer.json()["rows"]
        return rows

    def count(self) -> int:
        """Spans that can be asked for."""
        rows = self.query(measures=["count"])
        return int(str(rows[0]["count"])) if rows else 0


@contextmanager
def server(data: Path, **options: object) -> Iterator[Running]:
    """`sightline serve` on a free port, as a user starts it; `start_s` is until /readyz answers 200."""
    env = os.environ | {f"SIGHTLINE_{k.upper()}": str(v) for k, v in options.items()}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sightline", "serve", "--data", str(data), "--port", "0", "--grpc-port", "-1"],
        stdout=subprocess.PIPE,
        stderr=(data.parent / "server.log").open("a"),
        text=True,
        env=env,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if "answers on" not in line:
            sys.exit((data.parent / "server.log").read_text()[-3000:])
        url = line.split("answers on ")[1].split()[0].rstrip(",;").replace("localhost", "127.0.0.1")
        while httpx.get(f"{url}/readyz", timeout=30).status_code != 200:
            time.sleep(0.01)
        yield Running(url, process.pid, time.perf_counter() - began, data)
    finally:
        process.terminate()
        process.wait(90)


def disk_bytes(path: Path) -> int:
    """Bytes that a directory takes."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
