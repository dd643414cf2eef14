"""A PostgreSQL of the tests' own: a private cluster in a directory, on a free port, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


def _tools() -> Path | None:
    """Where initdb and pg_ctl are: on the path, else where Debian and Homebrew put them."""
    found = shutil.which("pg_ctl")
    if found is not None:
        return Path(found).resolve().parent
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql*/bin")]
    return next((place for place in sorted(places, reverse=True) if (place / "pg_ctl").is_file()), None)


@contextmanager
def running() -> Iterator[str]:
    """The URL of a started server. Skips where none is installed."""
    tools = _tools()
    if tools is None:
        pytest.skip("PostgreSQL's server is not installed: scripts/postgres.sh")
    # The server refuses to be run by root: then it is run by its own user, who has to reach the directory.
    as_user: Sequence[str] = ()
    home = Path(tempfile.mkdtemp(prefix="sightline-postgres-"))
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        as_user = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--")
        os.chown(home, user.pw_uid, user.pw_gid)
    cluster, log = home / "cluster", home / "log"
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]

    def run(*command: str) -> None:
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        done = subprocess.run([*as_user, *command], cwd=home, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr + (log.read_text() if log.exists() else "")

    try:
        run(str(tools / "initdb"), "-D", str(cluster), "-U", "sightline", "-A", "trust", "-E", "UTF8", "--no-sync")
        said = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c fsync=off"
        run(str(tools / "pg_ctl"), "-D", str(cluster), "-l", str(log), "-w", "-o", said, "start")
        try:
            yield f"postgresql://sightline@127.0.0.1:{port}/postgres"
        finally:
            run(str(tools / "pg_ctl"), "-D", str(cluster), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
