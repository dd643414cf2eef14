"""A believable application that reports to Sightline: a shop's support assistant with real traffic."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_STOP_S = 10.0


@contextmanager
def traffic_beside(*, rate: float, seed: int) -> Iterator[Callable[[str], None]]:
    """A function that starts the demo application against an endpoint, as a process of its own; it ends with the context."""
    started: list[subprocess.Popen[bytes]] = []

    def start(endpoint: str) -> None:
        command = [sys.executable, "-m", "sightline.demo", "--endpoint", endpoint, "--rate", str(rate), "--seed", str(seed)]
        started.append(subprocess.Popen(command))

    try:
        yield start
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


__all__ = ["traffic_beside"]
