"""How long the questions of money take: `.venv/bin/python -m bench.economics --spans 200000`.

Every report is asked over the HTTP API, of all traffic, as its screen asks it; the engine's result cache is off.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bench.harness import Running, server
from bench.query import WINDOW_S, fill, rfc

REPORTS: Mapping[str, Mapping[str, str]] = {
    "spend": {"group_by": "model"},
    "cache": {"group_by": "model"},
    "cache/prefixes": {},
    "margin": {"group_by": "tenant"},
    "margin/why": {"group_by": "tenant"},
    "waste": {},
    "what-if": {"model": "gpt-4o-mini"},
    "what-if ": {"caching": "true"},
    "unpriced": {},
    "prices": {},
    "budgets/status": {},
}


def measure(at: Running, end_ns: int, repeat: int) -> dict[str, list[float]]:
    """report → milliseconds of each asking, the first one first."""
    took: dict[str, list[float]] = {}
    with httpx.Client(timeout=120) as client:
        for name, params in REPORTS.items():
            for k in range(repeat):
                window = {} if name in ("prices", "budgets/status") else {"from": rfc(end_ns - WINDOW_S * 10**9 - k * 10**9)}
                began = time.perf_counter()
                client.get(f"{at.url}/api/v1/economics/{name.strip()}", params={**params, **window}).raise_for_status()
                took.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
    return took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=200_000)
    parser.add_argument("--variant", default="openinference")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--data", type=Path, help="keep, or use again, the data directory")
    args = parser.parse_args()
    end_ns = time.time_ns() - 60 * 10**9
    table = Table(title=f"Economics over {args.spans:,} spans, ms")
    for name in ("report", "first", "median", "most"):
        table.add_column(name, justify="right" if name != "report" else "left")
    with tempfile.TemporaryDirectory(prefix="bench") as directory, server(args.data or Path(directory) / "data", settle_quiet_s=2) as at:
        if at.count() < args.spans:
            fill(at, args.spans, args.variant, end_ns)
        for name, ms in measure(at, end_ns, args.repeat).items():
            said = " ".join((name.strip(), *(f"{key}={value}" for key, value in REPORTS[name].items())))
            table.add_row(said, *(f"{value:.0f}" for value in (ms[0], statistics.median(ms[1:]), max(ms[1:]))))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
