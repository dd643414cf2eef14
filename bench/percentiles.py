"""Percentiles by stage and task over 30 days: `.venv/bin/python -m bench.percentiles --spans 10000000`.

The rows are made inside the engine (`INSERT … SELECT FROM numbers`): traces of eight spans, settled, evenly over 30 days. Every question is
asked of the API with another window each time, first of the rows, then, when their hours are rolled up, of the rollups.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bench.harness import disk_bytes, server
from sightline.store import RollupOptions
from sightline.store.telemetry import schema
from sightline.store.telemetry.engine import Engine, EngineOptions
from sightline.store.telemetry.rollups import Rollups

DAYS = 30
CHUNK = 250_000  # rows of one INSERT
ROWS = """
INSERT INTO spans (project, service, trace_id, span_id, parent_span_id, name, kind, stage, task, model, provider, start, received, duration_ns,
  ttft_ns, self_ns, critical_ns, status, usage_counted, input_tokens, output_tokens, weight, settled, retention)
WITH intDiv(number, 8) AS trace, number % 8 AS step,
  ['request', 'retrieval', 'retrieval', 'rerank', 'llm', 'guardrail', 'tool', 'llm'] AS kinds,
  ['answer', 'embed', 'search', 'rerank', 'plan', 'guard', 'look up', 'generate'] AS stages,
  toUInt64(2e7 * (step + 1) * exp(1.2 * randNormal(0, 1)) / if(step = 0, 0.2, 1)) AS took,
  {from_ns:Int64} + toInt64(trace * {apart_ns:Int64}) + step * 1000000 AS begun
SELECT 'default', 'bench', lower(hex(sipHash128(trace))), lower(hex(sipHash64(number))), if(step = 0, NULL, lower(hex(sipHash64(trace * 8)))),
  stages[step + 1], kinds[step + 1], stages[step + 1], ['support', 'summarise', 'search', 'translate', 'code', 'extract'][trace % 6 + 1],
  if(kinds[step + 1] = 'llm', ['gpt-4o', 'gpt-4o-mini', 'claude', 'llama'][trace % 4 + 1], NULL), if(kinds[step + 1] = 'llm', 'p', NULL),
  fromUnixTimestamp64Nano(begun, 'UTC'), fromUnixTimestamp64Nano(begun, 'UTC'), took, if(kinds[step + 1] = 'llm', intDiv(took, 3), NULL),
  took, intDiv(took, 2), if(number % 97 = 0, 'error', 'ok'), true, number % 4000, number % 300, 1, true, 90
FROM numbers({first:UInt64}, {count:UInt64})
"""
REQUESTS = """
INSERT INTO traces_settled (project, trace_id, root_span_id, name, kind, task, start, last_start, duration_ns, status, span_count, weight, received, retention)
SELECT project, trace_id, span_id, name, kind, task, start, start, duration_ns, status, 8, 1, received, retention FROM spans WHERE parent_span_id IS NULL
"""


def fill(data: Path, spans: int, from_ns: int) -> tuple[float, float]:
    """Make the rows and roll them up; seconds that each took."""
    engine = Engine(EngineOptions(directory=data / "engine", readers=1, memory_bytes=3 << 30))
    client = engine.connect()
    schema.apply(client, retention_days=90)
    began = time.perf_counter()
    apart_ns = DAYS * 86_400 * 10**9 // (spans // 8)
    for first in range(0, spans, CHUNK):
        count = min(CHUNK, spans - first)
        client.command(
            ROWS,
            parameters={"from_ns": from_ns, "apart_ns": apart_ns, "first": first, "count": count},
            settings={"max_partitions_per_insert_block": 0},
        )
    client.command(REQUESTS, settings={"max_partitions_per_insert_block": 0})
    made = time.perf_counter()
    return made - began, engine_rollups(client, engine)


def engine_rollups(client, engine: Engine) -> float:  # type: ignore[no-untyped-def]
    """Derive every hour."""
    began = time.perf_counter()
    client.command(
        "INSERT INTO rollup_dirty SELECT DISTINCT project, toStartOfHour(start), toDateTime64('2020-01-01', 3, 'UTC') FROM spans"
    )
    rollups = Rollups(client, RollupOptions())
    while rollups.derive():
        pass
    engine.close()
    return time.perf_counter() - began


def rfc(ns: int) -> str:
    """RFC 3339 of a Unix time in ns."""
    return datetime.fromtimestamp(ns / 1e9, UTC).isoformat().replace("+00:00", "Z")


def questions(url: str, from_ns: int, client: httpx.Client) -> dict[str, Callable[[int], dict[str, object]]]:
    """name → f(k), each asking with a window that k moves by a second."""

    def get(path: str, k: int, **params: str | list[str]) -> dict[str, object]:
        window = {"from": rfc(from_ns - (k + 1) * 10**9), "to": rfc(from_ns + DAYS * 86_400 * 10**9)}
        answer = client.get(f"{url}/api/v1/latency/{path}", params={**window, **params})
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found

    return {
        "duration by stage and task": lambda k: get("percentiles", k, of="spans", group_by=["stage", "task"]),
        "critical time by stage, one task": lambda k: get(
            "percentiles", k, of="spans", measure="critical_ns", group_by=["stage"], filter="task = 'support'"
        ),
        "TTFT by model": lambda k: get("percentiles", k, of="spans", measure="ttft_ns", group_by=["model"]),
        "heatmap of all spans": lambda k: get("heatmap", k, of="spans"),
        "heatmap of requests": lambda k: get("heatmap", k, of="requests"),
        "by service (not rolled up)": lambda k: get("percentiles", k, of="spans", group_by=["service"]),
        "what requests waited for": lambda k: get("stages", k),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--data", type=Path, help="keep, or use again, the data directory")
    args = parser.parse_args()
    console = Console(width=140)
    from_ns = (time.time_ns() // (3600 * 10**9) - 2) * 3600 * 10**9 - DAYS * 86_400 * 10**9
    table = Table(title=f"Percentiles over {args.spans:,} spans and {DAYS} days, ms")
    for name in ("question", "method", "first", "p50", "max"):
        table.add_column(name, justify="left" if name in ("question", "method") else "right")
    with tempfile.TemporaryDirectory(prefix="bench") as directory:
        data = args.data or Path(directory) / "data"
        if not (data / "engine").exists():
            made, rolled = fill(data, args.spans, from_ns)
            console.print(f"rows made in {made:.0f} s, rolled up in {rolled:.1f} s")
        with server(data) as at, httpx.Client(timeout=300) as client:
            for name, ask in questions(at.url, from_ns, client).items():
                took, method = [], ""
                for k in range(args.repeat):
                    began = time.perf_counter()
                    method = str(ask(k)["method"])
                    took.append((time.perf_counter() - began) * 1e3)
                table.add_row(name, method, f"{took[0]:.0f}", f"{statistics.median(took[1:]):.0f}", f"{max(took[1:]):.0f}")
            console.print(table)
            console.print(f"peak {at.peak_mb():.0f} MB, {disk_bytes(data) / args.spans:.0f} bytes on disk per span")


if __name__ == "__main__":
    main()
