"""Records one family again: python -m tests.captures.tools.record openlit. Needs starlette, uvicorn, opentelemetry-proto and uv.

The driver's own environment lies in CAPTURE_HOME/<family> (default /tmp/cap), made from the line `Needs:` of its docstring
when it is missing. The driver runs from an empty folder and with an environment of its own, so that no path, name or key of
the recording machine can come into a payload; `leaks` looks again afterwards.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
from typing import Any

import uvicorn
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette

from tests.captures.tools.provider import ROUTES
from tests.captures.tools.sink import Sink

TOOLS = pathlib.Path(__file__).parent
HOME = pathlib.Path(os.environ.get("CAPTURE_HOME", "/tmp/cap"))
UV = [sys.executable, "-m", "uv", "pip"]
PORT = 14777
URL = f"http://127.0.0.1:{PORT}"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OTEL_SERVICE_NAME": "assistant",
    "OTEL_EXPORTER_OTLP_ENDPOINT": URL,
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OPENAI_BASE_URL": f"{URL}/v1",
    "OPENAI_API_KEY": "stand-in",
    "ANTHROPIC_BASE_URL": URL,
    "ANTHROPIC_API_KEY": "stand-in",
    "GOOGLE_GEMINI_BASE_URL": URL,
    "GOOGLE_API_KEY": "stand-in",
    "CO_API_KEY": "stand-in",
    "STAND_IN_URL": URL,
}
NOTED = re.compile(
    r"opentelemetry-(sdk|exporter-otlp.*-http|instrumentation.*|semantic-conventions.*|util-genai)|openinference.*|openai|anthropic"
)
_HERE = "|".join(re.escape(f"{path}") for path in (pathlib.Path.home(), pathlib.Path(__file__).resolve().parents[4]))
LEAKS = re.compile(_HERE.encode() + rb"|pyenv|host\.name(?!.{1,5}example)|process\.(owner|command)|stand-in", re.DOTALL)


def needs(driver: pathlib.Path) -> list[str]:
    """What the driver's docstring asks pip for."""
    found = re.search(r"^Needs: (.+?)\"{3}", driver.read_text(), re.MULTILINE | re.DOTALL)
    return found[1].split() if found else []


def environment(family: str, wanted: list[str], base: str) -> pathlib.Path:
    """The interpreter of the family's environment, made when it is missing."""
    python = HOME / family / "bin" / "python"
    if not python.exists():
        subprocess.run([base, "-m", "venv", str(HOME / family)], check=True)
        subprocess.run([*UV, "install", "-q", "--python", python, *wanted], check=True)
    return python


def versions(python: pathlib.Path, wanted: list[str]) -> list[str]:
    """The packages of the environment that shaped the payloads."""
    frozen = subprocess.run([*UV, "freeze", "-q", "--python", python], check=True, capture_output=True, text=True).stdout.split("\n")
    asked = {re.split(r"[\[=<>~!]", name)[0].lower() for name in wanted}
    names = {line: line.partition("==")[0].lower() for line in frozen if "==" in line}
    return [line for line, name in names.items() if name in asked or NOTED.fullmatch(name)]


def counted(folder: pathlib.Path) -> tuple[int, int]:
    """Spans and log records in the bodies of a case."""
    spans = logs = 0
    for body in sorted(folder.glob("*-*")):
        if body.suffix == ".json":
            said = json.loads(body.read_bytes())
            spans += sum(len(scope["spans"]) for part in said.get("resourceSpans", []) for scope in part["scopeSpans"])
            logs += sum(len(scope["logRecords"]) for part in said.get("resourceLogs", []) for scope in part["scopeLogs"])
        elif "-traces" in body.name:
            traces = ExportTraceServiceRequest.FromString(body.read_bytes())
            spans += sum(len(scope.spans) for part in traces.resource_spans for scope in part.scope_spans)
        else:
            records = ExportLogsServiceRequest.FromString(body.read_bytes())
            logs += sum(len(scope.log_records) for part in records.resource_logs for scope in part.scope_logs)
    return spans, logs


def leaks(folder: pathlib.Path) -> list[str]:
    """Bodies that carry what belongs to the recording machine."""
    found = [(body, LEAKS.search(body.read_bytes())) for body in sorted(folder.rglob("*-*"))]
    return [f"{body.relative_to(folder)}: {match[0]!r}" for body, match in found if match]


def main() -> None:
    """Serve the stand-in, run the driver, write the manifest."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("family")
    asked.add_argument("--python", default=sys.executable, help="the interpreter that new environments are made with")
    options = asked.parse_args()
    driver, folder = TOOLS / "drivers" / f"{options.family}.py", TOOLS.parent / options.family
    wanted = needs(driver)
    python = environment(options.family, wanted, options.python)

    shutil.rmtree(folder, ignore_errors=True)
    sink = Sink(folder)
    app = Starlette(routes=[*ROUTES, *sink.routes()])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=PORT, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)

    room = pathlib.Path("/tmp/app")
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    for shared in driver.parent.glob("_*.py"):
        shutil.copy(shared, room)
    shutil.copy(driver, room / "app.py")  # under its own name it would hide the library that it imports
    subprocess.run([python, "app.py"], cwd=room, env=ENVIRONMENT | {"HOME": str(room)}, check=False, timeout=120)

    cases: dict[str, dict[str, Any]] = {}
    for name, calls in sink.calls.items():
        spans, logs = counted(folder / name)
        cases[name] = {"spans": spans, "logs": logs, "provider_calls": calls}
        print(f"{name:24} {spans:3} spans {logs:3} logs {len(calls):3} provider calls")
    manifest = {"instrumentation": options.family, "versions": versions(python, wanted), "cases": cases}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print("\n".join(leaks(folder)) or "no leaks")


if __name__ == "__main__":
    main()
