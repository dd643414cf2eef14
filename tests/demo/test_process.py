"""The demo as a process beside the server: it starts, reports, and goes without a fuss."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sightline.demo import traffic_beside
from tests.running import eventually, running


def test_traffic_ends_with_its_context_and_everything_it_answered_has_arrived(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path / "data", settle_quiet_s=0.3, settle_every_s=0.2) as server:
        with traffic_beside(rate=5, seed=5) as start:
            start(server.url)
            eventually(lambda: server.count(of="spans"), lambda n: n > 20, within_s=30)
            leaving = time.monotonic()
        took_s = time.monotonic() - leaving
        out, err = capfd.readouterr()
        said = re.search(r"demo: (\d+) requests answered, (\d+) rated", out)
        assert said is not None, "it was killed, not stopped"
        assert "Traceback" not in err
        assert took_s < 10
        requests, rated = map(int, said.groups())
        assert requests > 0
        eventually(lambda: server.count(of="traces"), lambda n: n == requests + rated)


def test_traffic_ends_in_time_when_its_server_is_gone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with traffic_beside(rate=20, seed=6) as start, running(tmp_path / "data") as server:  # the server goes first
        start(server.url)
        eventually(lambda: server.count(of="spans"), lambda n: n > 20, within_s=30)
    out, err = capfd.readouterr()
    assert "requests answered" in out, "it was killed, not stopped"
    assert "Traceback" not in err


def test_its_options_are_variables_too(tmp_path: Path) -> None:
    said = {"SIGHTLINE_DATA": str(tmp_path / "here"), "SIGHTLINE_DEMO_FAULTS_PORT": "-1", "SIGHTLINE_DEMO_RATE": "0.5"}
    command = [sys.executable, "-m", "sightline", "demo", "--port", "0", "--grpc-port", "0"]
    process = subprocess.Popen(command, cwd=tmp_path, env=os.environ | said, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    announced = next(line for line in process.stdout if line.startswith("Sightline "))
    process.terminate()
    process.communicate(timeout=30)
    assert announced.rstrip().endswith(f"data in {tmp_path / 'here'}")
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
