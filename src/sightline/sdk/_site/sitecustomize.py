"""What `sightline run` puts in front of a program: `sightline.init()` before its first line, then whatever stood here before."""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

_here = Path(__file__).resolve().parent

try:
    import sightline

    sightline.init()
except Exception as error:  # the program is not ours to stop
    sys.stderr.write(f"sightline: the program goes on untraced: {error}\n")

_spec = importlib.machinery.PathFinder.find_spec("sitecustomize", [path for path in sys.path if Path(path or ".").resolve() != _here])
if _spec is not None and _spec.loader is not None:
    _spec.loader.exec_module(importlib.util.module_from_spec(_spec))
