"""A full disk and a directory that can't be written: 503 with Retry-After, nothing lost, and no restart needed afterwards."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.otlp import span, traces
from tests.running import Server, eventually, running


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(mount)], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("mounting a small file system takes root")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


def _send(server: Server, size: int) -> httpx.Response:
    text = os.urandom(size // 2).hex()
    return server.send("traces", traces([span("large", said={"input.value": text})]).SerializeToString())


def _fill(path: Path, free: int) -> Path:
    ballast = path / "ballast"
    room = os.statvfs(path).f_bavail * os.statvfs(path).f_frsize
    ballast.write_bytes(bytes(max(0, room - free)))
    return ballast


def test_a_full_disk_answers_503_and_recovers_when_there_is_room(small_disk: Path) -> None:
    with running(small_disk / "data") as server:
        assert _send(server, 1000).status_code == 200
        eventually(server.count, lambda n: n == 1)
        ballast = _fill(small_disk, free=300_000)
        answers = [_send(server, 200_000) for _ in range(8)]
        refused = [answer for answer in answers if answer.status_code != 200]
        assert refused
        assert {answer.status_code for answer in refused} == {503}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
        ballast.unlink()
        taken = sum(answer.status_code == 200 for answer in answers)
        eventually(lambda: _send(server, 1000).status_code, lambda status: status == 200)
        eventually(server.count, lambda n: n >= 2 + taken, within_s=40)
        total = eventually(lambda: server.get("/api/v1/ledger")["total"], lambda total: total["stored"] >= 2 + taken)
        assert total["received"] == total["stored"] + total["duplicate"] + total["rejected"]
        assert total["rejected"] == 0


def test_a_read_only_directory_answers_503_and_recovers(small_disk: Path) -> None:
    with running(small_disk / "data") as server:
        assert _send(server, 1000).status_code == 200
        eventually(server.count, lambda n: n == 1)
        segments = small_disk / "data" / "segments"
        # a file system with open files can't be made read-only: one that is covers the directory instead
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(segments)], check=True)
        try:
            answer = _send(server, 1000)
            assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        finally:
            subprocess.run(["umount", str(segments)], check=True)
        assert _send(server, 1000).status_code == 200
        eventually(server.count, lambda n: n == 2)


def test_a_second_server_on_the_directory_says_so(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        assert server.process is not None
        with pytest.raises(RuntimeError, match=rf"is in use by another Sightline server \(process {server.process.pid}\)"):
            Server(tmp_path / "data").start()
