"""What the SDK costs the application, beside bare OpenTelemetry and the other systems' SDKs, in one run.

`python -m bench.sdk` compares with bare OpenTelemetry in this environment. `--venvs DIR` adds every other system that DIR has an
environment for, by the public harness's names (DIR/langfuse, DIR/traceloop, DIR/logfire, DIR/openlit, DIR/mlflow_sdk, DIR/opik,
DIR/phoenix_otel, DIR/otel_openai); DIR/otel and DIR/sightline are used for those two where they are there, so that all have the same
versions of what is below. Rounds go round all of them, so that each round has its own reference; medians of rounds are printed.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.harness import ROOT, SHARED

SPANS = ("otel", "sightline", "openlit", "traceloop", "langfuse", "phoenix_otel", "logfire", "mlflow_sdk", "opik")
CLIENTS = ("plain", "sightline", "otel_openai", "langfuse", "phoenix_otel", "logfire", "traceloop", "openlit", "mlflow_sdk", "opik")
STREAMS = ("sightline", "langfuse", "traceloop", "mlflow_sdk", "opik")
IMPORTS = {
    "otel": "from opentelemetry.sdk.trace import TracerProvider; from opentelemetry.sdk.trace.export import BatchSpanProcessor; "
    "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
    "sightline": "import sightline; sightline.init; sightline.step; from opentelemetry.sdk.trace.export import BatchSpanProcessor; "
    "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
    "langfuse": "from langfuse import Langfuse",
    "traceloop": "from traceloop.sdk import Traceloop",
    "logfire": "import logfire",
    "openlit": "import openlit",
    "phoenix_otel": "from phoenix.otel import register",
    "mlflow_sdk": "import mlflow",
    "opik": "import opik",
}
QUIET = {
    "TRACELOOP_TELEMETRY": "false",
    "TRACELOOP_METRICS_ENABLED": "false",
    "TRACELOOP_LOGGING_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "OPIK_SENTRY_ENABLE": "false",
    "OPIK_ANALYTICS_ENABLE": "false",
    "LOGFIRE_SEND_TO_LOGFIRE": "false",
    "PHOENIX_TELEMETRY_ENABLED": "false",
}
"""Nobody calls home while being measured."""

Result = dict[str, Any]


def main() -> None:
    """Measure, print, and write `--out`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venvs", type=Path, help="a directory with an environment for each system")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", default="spans,stream,openai,imports")
    parser.add_argument("--out", type=Path, help="append each measurement as a line of JSON")
    said = parser.parse_args()
    found: list[Result] = []
    with _sink() as sink:
        for number in range(said.rounds):
            for case, names in (("spans", SPANS), ("stream", STREAMS), ("openai", CLIENTS), ("imports", tuple(IMPORTS))):
                for name in names if case in said.cases.split(",") else ():
                    if (python := _python(name, said.venvs)) is not None:
                        made = _imports(python, name) if case == "imports" else _probe(python, case, name, sink)
                        found.append(made | {"sdk": name, "case": case, "round": number})
                        if said.out:
                            with said.out.open("a") as file:
                                file.write(json.dumps(found[-1]) + "\n")
    _print(found)


def _python(name: str, venvs: Path | None) -> str | None:
    own = venvs / name / "bin" / "python" if venvs else None
    if own is not None and own.is_file():
        return str(own)
    return sys.executable if name in {"otel", "plain", "sightline"} else None


def _environment(name: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SIGHTLINE_", "OTEL_", "PYTHON"))}
    return kept | QUIET | ({"PYTHONPATH": str(ROOT / "src")} if name == "sightline" else {})


def _probe(python: str, case: str, name: str, sink: str) -> Result:
    done = subprocess.run(
        [python, str(ROOT / "bench" / "_sdk_probe.py"), case, name, "--harness", str(SHARED), "--sink", sink],
        env=_environment(name),
        capture_output=True,
        text=True,
        timeout=300,
        cwd="/",
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    made: Result = json.loads(lines[-1].removeprefix("RESULT ")) if lines else {"error": (done.stderr or done.stdout)[-400:]}
    return made


def _imports(python: str, name: str) -> Result:
    def wall_ms(code: str) -> float:
        took = []
        for _ in range(6):
            began = time.perf_counter()
            subprocess.run([python, "-c", code], env=_environment(name), check=True, capture_output=True, cwd="/")
            took.append((time.perf_counter() - began) * 1e3)
        return statistics.median(took[1:])

    tell = "\nprint(int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6)"
    try:
        size = subprocess.run(
            [python, "-c", IMPORTS[name] + tell], env=_environment(name), capture_output=True, text=True, check=True, cwd="/"
        )
        return {"import_ms": wall_ms(IMPORTS[name]) - wall_ms("pass"), "import_mb": float(size.stdout.split()[-1])}
    except subprocess.CalledProcessError as error:
        return {"error": str(error.stderr)[-400:]}


@contextmanager
def _sink() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "--app-dir",
            str(SHARED),
            "--port",
            str(port),
            "--log-level",
            "error",
            "--no-access-log",
            "fake_server:app",
        ]
    )
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _print(found: list[Result]) -> None:
    console = Console(width=150)

    def median(case: str, name: str, *path: str) -> float | None:
        values = []
        for one in found:
            value: Any = one if (one["case"], one["sdk"]) == (case, name) else None
            for part in path:
                value = value.get(part) if isinstance(value, dict) else None
            if value is not None:
                values.append(float(value))
        return statistics.median(values) if values else None

    def ratio(name: str, *path: str) -> float | None:
        by_round: dict[int, dict[str, float]] = {}
        for one in found:
            if one["case"] == "spans" and one["sdk"] in {name, "otel"} and path[0] in one:
                by_round.setdefault(one["round"], {})[one["sdk"]] = one[path[0]][path[1]]
        ratios = [both[name] / both["otel"] for both in by_round.values() if name in both and "otel" in both]
        return statistics.median(ratios) if ratios else None

    def shown(value: float | None, digits: int = 0) -> str:
        return "–" if value is None else f"{value:,.{digits}f}"

    table = Table(title="on the caller's thread, µs of processor (ratio to bare OpenTelemetry of the same round)")
    for column in (
        "",
        "empty span",
        "LLM call",
        "all threads",
        "chunk of own stream",
        "async",
        "chunk read",
        "client call",
        "client chunk",
        "import ms",
        "import MB",
        "end MB",
    ):
        table.add_column(column, justify="left" if not column else "right")
    for name in dict.fromkeys((*SPANS, *CLIENTS)):
        if not any(one["sdk"] == name and "error" not in one for one in found):
            continue
        table.add_row(
            name,
            f"{shown(median('spans', name, 'span', 'caller_cpu_us'))} ({shown(ratio(name, 'span', 'caller_cpu_us'), 2)})",
            f"{shown(median('spans', name, 'llm', 'caller_cpu_us'))} ({shown(ratio(name, 'llm', 'caller_cpu_us'), 2)})",
            f"{shown(median('spans', name, 'llm', 'total_cpu_us'))} ({shown(ratio(name, 'llm', 'total_cpu_us'), 2)})",
            shown(median("stream", name, "chunk_us"), 2),
            shown(median("stream", name, "chunk_async_us"), 2),
            shown(median("stream", name, "client_read_us"), 2),
            shown(median("openai", name, "call_us")),
            shown(median("openai", name, "client_chunk_us"), 2),
            shown(median("imports", name, "import_ms")),
            shown(median("imports", name, "import_mb")),
            shown(median("spans", name, "rss_mb")),
        )
    console.print(table)
    for one in found:
        if "error" in one and one["round"] == 0:
            console.print(f"{one['sdk']} ({one['case']}): {one['error']}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
