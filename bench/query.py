"""How long the standard questions take: `.venv/bin/python -m bench.query --spans 1000000`.

The server is filled through its front door with distinct traces over 48 hours; every question is asked with other parameters each
time, the engine's result cache is off, and everything is asked again after a restart. With `--data` the filling may be done before
(`--only-fill`), at leisure: what lies there is then asked twice, the second time after a restart.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bench.harness import Running, disk_bytes, server, shared

WINDOW_S = 48 * 3600
CHUNK = 12_500  # traces generated and sent at a time: bodies are large


def fill(at: Running, spans: int, variant: str, end_ns: int) -> None:
    """Send `spans` spans and wait until all of them are settled."""
    gen, load = shared("gen_otlp"), shared("load")
    traces = spans // 8
    made = gen.Generator(variant, total=traces, end_ns=end_ns, window_s=WINDOW_S)
    for first in range(0, traces, CHUNK):
        count = min(CHUNK, traces - first)
        items = list(gen.bodies(made, first, count, 512))
        said = asyncio.run(load.run_load(f"{at.url}/v1/traces", items, 4, deadline_s=3600))
        if said["errors"] or said["unsent"]:
            raise SystemExit(f"refused: {said['errors']} {said['first_error']}")
    while at.count() < spans:
        time.sleep(1)
    while int(str((at.query(measures=["count"], filter="settled = true") or [{"count": 0}])[0]["count"])) < spans:
        time.sleep(2)


def some_ids(at: Running) -> list[str]:
    """Of traces to open."""
    listed = httpx.get(f"{at.url}/api/v1/traces", params={"limit": 200}, timeout=60).json()["traces"]
    return [str(row["trace_id"]) for row in listed]


def rfc(ns: int) -> str:
    """RFC 3339 of a Unix time in ns."""
    return datetime.fromtimestamp(ns / 1e9, UTC).isoformat().replace("+00:00", "Z")


def questions(at: Running, end_ns: int, ids: list[str], client: httpx.Client) -> dict[str, Callable[[int], object]]:
    """name → f(k), each asking with parameters that k varies."""
    base, start_ns, hour = f"{at.url}/api/v1", end_ns - WINDOW_S * 10**9, 3600 * 10**9

    def get(path: str, **params: object) -> object:
        answer = client.get(base + path, params={name: str(value) for name, value in params.items()})
        answer.raise_for_status()
        return answer.json()

    def post(**body: object) -> object:
        answer = client.post(f"{base}/query", json=body)
        answer.raise_for_status()
        return answer.json()

    def in_an_hour(k: int) -> object:
        middle = start_ns + (k * 37 % 46 + 1) * hour
        return get(
            "/traces", limit=50, filter="model = 'gpt-4o' and user_id like 'user-0%'", **{"from": rfc(middle), "to": rfc(middle + hour)}
        )

    return {
        "latest 50 traces": lambda k: get("/traces", limit=50, **{"from": rfc(start_ns - k * 10**9)}),
        "model and attribute within an hour": in_an_hour,
        "one trace": lambda k: get(f"/traces/{ids[k * 7 % len(ids)]}"),
        "P95 by stage": lambda k: post(measures=["p95(duration_ms)"], group_by=["stage"], **{"from": rfc(start_ns - k * 10**9)}),
        "tokens and cost by model by 5 min": lambda k: post(
            measures=["sum(input_tokens)", "sum(output_tokens)", "sum(cost_usd)"],
            group_by=["model"],
            interval="5m",
            filter="kind = llm",
            **{"from": rfc(start_ns - k * 10**9)},
        ),
    }


def measure(at: Running, end_ns: int, ids: list[str], repeat: int) -> dict[str, list[float]]:
    """name → milliseconds of each asking, the first one first."""
    with httpx.Client(timeout=120) as client:
        took: dict[str, list[float]] = {}
        for name, ask in questions(at, end_ns, ids, client).items():
            for k in range(repeat):
                began = time.perf_counter()
                ask(k)
                took.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
    return took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--variant", default="openinference")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--data", type=Path, help="keep, or use again, the data directory")
    parser.add_argument("--only-fill", action="store_true", help="with --data: fill it, ask nothing")
    args = parser.parse_args()
    console, end_ns = Console(width=160), time.time_ns() - 60 * 10**9
    filled_until = args.data / "filled_until_ns" if args.data else None
    if filled_until and filled_until.exists():
        end_ns = int(filled_until.read_text())
    table = Table(title=f"Queries over {args.spans:,} spans, ms")
    for name in ("question", "first", "p50", "p95", "first after restart", "p50", "p95"):
        table.add_column(name, justify="right" if name != "question" else "left")
    with tempfile.TemporaryDirectory(prefix="bench") as directory:
        data = args.data or Path(directory) / "data"
        with server(data, settle_quiet_s=2) as at:
            began = time.perf_counter()
            if not (filled_until and filled_until.exists()):
                fill(at, args.spans, args.variant, end_ns)
            filled, peak = time.perf_counter() - began, at.peak_mb()
            if filled_until:
                filled_until.write_text(str(end_ns))
            if args.only_fill:
                console.print(f"{args.spans:,} spans filled and settled in {filled:.0f} s, peak {peak:.0f} MB")
                return
            ids = some_ids(at)
            before = measure(at, end_ns, ids, args.repeat)
        with server(data) as at:
            console.print(f"restart to ready {at.start_s:.2f} s, idle {at.rss_mb():.0f} MB")
            after = measure(at, end_ns, ids, args.repeat)
        size = disk_bytes(data) / args.spans
    for name in before:
        cells = [name]
        for took in (before[name], after[name]):
            rest = sorted(took[1:])
            cells += [f"{took[0]:.0f}", f"{statistics.median(rest):.0f}", f"{rest[int(0.95 * (len(rest) - 1))]:.0f}"]
        table.add_row(*cells)
    console.print(table)
    console.print(
        f"filled and settled in {filled:.0f} s ({args.spans / filled:,.0f} spans/s with generating), peak {peak:.0f} MB, {size:.0f} bytes on disk per span"
    )


if __name__ == "__main__":
    main()
