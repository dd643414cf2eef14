"""`sightline run PROGRAM`: the program as it is, with `sightline.init()` before its first line, in its child processes too."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

USAGE = """\
usage: sightline run [--url URL] [--project NAME] [--service NAME] PROGRAM [ARGUMENT…]

  sightline run app.py             a script
  sightline run -m package.module  a module
  sightline run uvicorn app:app    a command

Options that are not given come from SIGHTLINE_* variables, as for sightline.init().
"""

_SITE = Path(__file__).parent / "_site"
_OPTIONS = {"--url": "SIGHTLINE_URL", "--project": "SIGHTLINE_PROJECT", "--service": "OTEL_SERVICE_NAME"}


def main(said: Sequence[str]) -> int:
    """Become the program; returns 2 with a sentence on stderr when there is none."""
    try:
        command, named = planned(said)
    except ValueError as error:
        sys.stderr.write(f"sightline run: {error}\n\n{USAGE}")
        return 2
    if command:
        os.execvpe(command[0], command, environment(os.environ, named))  # noqa: S606 - this is what it is for
    sys.stdout.write(USAGE)
    return 0


def planned(said: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The command line to become, and the variables that options stand for. Raises ValueError for what can't be run."""
    rest, named = list(said), {}
    while rest and rest[0].startswith("--"):
        name, equals, value = rest.pop(0).partition("=")
        if name == "--help":
            return [], {}
        if name == "--":
            break
        if name not in _OPTIONS:
            raise ValueError(f"{name} is no option")
        if not equals:
            if not rest:
                raise ValueError(f"{name} needs a value")
            value = rest.pop(0)
        named[_OPTIONS[name]] = value
    if not rest:
        raise ValueError("which program?")
    if rest[0] == "-m" or (rest[0].endswith(".py") and Path(rest[0]).is_file()):
        return [sys.executable, *rest], named
    if rest[0].endswith(".py"):
        raise ValueError(f"there is no {rest[0]}")
    beside = Path(sys.executable).parent / rest[0]
    found = str(beside) if beside.is_file() else shutil.which(rest[0])
    if found is None:
        raise ValueError(f"there is no command {rest[0]!r}")
    return [found, *rest[1:]], named


def environment(before: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    """The program's environment: Python looks here for what to do before the program."""
    path = [str(_SITE), *(part for part in before.get("PYTHONPATH", "").split(os.pathsep) if part and part != str(_SITE))]
    return {**before, **named, "PYTHONPATH": os.pathsep.join(path)}
