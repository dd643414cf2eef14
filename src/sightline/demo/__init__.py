"""A believable application that reports to Sightline: a shop's support assistant with real traffic."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

_STOP_S = 10.0


@contextmanager
def traffic_beside(
    *, rate: float, seed: int, faults: Sequence[str] = (), faults_port: int = 0, provider_port: int = 0, judging: bool = False
) -> Iterator[Callable[[str], None]]:
    """A function that starts the demo application against an endpoint, as a process of its own; it ends with the context.

    `faults` are on from the start; further ones are switched at `faults_port` (0: a free one, which it prints; -1: nowhere). `judging`: a
    judge of the answers stands ready, and a worker beside it.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(endpoint: str) -> None:
        command = [sys.executable, "-m", "sightline.demo", "--endpoint", endpoint, "--rate", str(rate), "--seed", str(seed)]
        command += ["--faults-port", str(faults_port), *(part for fault in faults for part in ("--fault", fault))]
        command += ["--provider-port", str(provider_port), "--judges" if judging else "--no-judges"]
        started.append(subprocess.Popen(command))
        if judging:
            worker = ["worker", "--url", endpoint, "--concurrency", "4", "--log-level", "warning"]
            started.append(subprocess.Popen([sys.executable, "-m", "sightline", *worker]))

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
