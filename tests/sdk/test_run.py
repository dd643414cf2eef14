"""`sightline run` traces a program without a change to it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sightline.sdk._run import environment, planned
from tests.sdk.sink import Sink, collecting


@pytest.fixture
def sink() -> Iterator[Sink]:
    with collecting() as started:
        yield started


PROGRAM = """
import subprocess, sys
from opentelemetry import trace
with trace.get_tracer("mine").start_as_current_span(sys.argv[1]):
    print("said", sys.argv[1:])
if sys.argv[1] == "parent":
    subprocess.run([sys.executable, __file__, "child"], check=True)
    sys.exit(3)
"""


def test_a_script_and_its_children_are_traced_as_they_are(tmp_path: Path, sink: Sink) -> None:
    script = tmp_path / "app.py"
    script.write_text(PROGRAM)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sightline",
            "run",
            "--url",
            sink.url,
            "--project=shop",
            "--service",
            "till",
            str(script),
            "parent",
            "--url",
            "x",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.splitlines(), done.stderr, done.returncode) == (["said ['parent', '--url', 'x']", "said ['child']"], "", 3)
    assert sorted(span.name for span in sink.spans) == ["child", "parent"]
    assert {span.resource["service.name"] for span in sink.spans} == {"till"}
    assert {headers["x-sightline-project"] for headers in sink.headers} == {"shop"}


def test_ones_own_sitecustomize_still_runs(tmp_path: Path, sink: Sink) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.MINE = 'mine'\n")
    done = subprocess.run(
        [sys.executable, "-m", "sightline", "run", "-m", "timeit", "-n1", "-r1", "assert MINE == 'mine'"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SIGHTLINE_URL": sink.url, "PYTHONPATH": os.pathsep.join((os.environ.get("PYTHONPATH", ""), str(tmp_path)))},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ([], "which program?"),
        (["nowhere.py"], "there is no nowhere.py"),
        (["--colour", "x"], "--colour is no option"),
        (["--url"], "--url needs a value"),
        (["no-such-command-here"], "there is no command 'no-such-command-here'"),
    ],
)
def test_what_cannot_be_run_is_said(said: list[str], means: str) -> None:
    with pytest.raises(ValueError, match="^" + means.replace("?", r"\?")):
        planned(said)


def test_a_command_is_looked_for_beside_python_first() -> None:
    command, named = planned(["--project", "p", "pytest", "-q"])
    assert command == [str(Path(sys.executable).parent / "pytest"), "-q"]
    assert named == {"SIGHTLINE_PROJECT": "p"}
    assert environment({"PYTHONPATH": "/a"}, named)["PYTHONPATH"].endswith(f"_site{os.pathsep}/a")


def test_the_bare_install_says_what_the_server_needs(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ImportError(\"No module named 'typer'\")\n")
    path = os.pathsep.join((str(tmp_path), *(part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part)))
    done = subprocess.run(
        [sys.executable, "-m", "sightline", "serve"], capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": path}
    )
    assert done.returncode == 1
    assert "pip install 'sightline[server]'" in done.stderr
