"""How fast spans become durable and visible, and what that costs: `.venv/bin/python -m bench.ingest`.

Client and server share the machine. `ratio` is the rate until every span is visible in the API, divided by that of one core which
only decodes the same bodies into Python dictionaries, measured in the same run.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.harness import Running, disk_bytes, server, shared

Items = list[tuple[bytes, int]]


def bodies(variant: str, per_request: int, spans: int, *, first: int = 0) -> Items:
    """(body, spans) of distinct traces, about `spans` in all."""
    gen = shared("gen_otlp")
    count = max(1, spans // 8)
    made = gen.Generator(variant, total=max(12500, first + count), end_ns=time.time_ns() - 60 * 10**9)
    return list(gen.bodies(made, first, count, per_request))


def decode_rate(items: Items, repeat: int = 3) -> float:
    """spans/s of one core that parses the bodies and walks every attribute: the median of `repeat` runs over about 20,000 spans."""
    walk = shared("reference").walk
    some: Items = []
    for item in items:
        some.append(item)
        if sum(n for _, n in some) >= 20_000:
            break
    rates = []
    for _ in range(repeat):
        began = time.perf_counter()
        for body, _ in some:
            walk(body)
        rates.append(sum(n for _, n in some) / (time.perf_counter() - began))
    return statistics.median(rates)


def ingest(at: Running, items: Items, connections: int) -> dict[str, float]:
    """One load: rates, acknowledgement latencies in ms, and how long after the last acknowledgement everything was visible."""
    load = shared("load")
    want = at.count() + sum(n for _, n in items)
    said = asyncio.run(load.run_load(f"{at.url}/v1/traces", items, connections, deadline_s=600))
    if said["errors"] or said["unsent"]:
        raise SystemExit(f"the server refused: {said['errors']} {said['first_error']}")
    acknowledged = time.perf_counter()
    while (seen := at.count()) < want:
        if time.perf_counter() - acknowledged > 300:
            raise SystemExit(f"only {seen} of {want} spans are visible")
        time.sleep(max(0.02, 0.03 * (time.perf_counter() - said["t0"])))  # as the public harness: polling must not be the load
    visible = time.perf_counter()
    return {
        "acknowledged_per_s": said["accepted_spans_per_s"],
        "visible_per_s": said["accepted_spans"] / (visible - said["t0"]),
        "visible_after_s": visible - acknowledged,
        "p50_ms": said["lat_ms_p50"],
        "p99_ms": said["lat_ms_p99"],
        "retried": said["retried_503_429"],
    }


def settled_disk(at: Running, spans: int) -> float:
    """Bytes on disk per span once everything is settled, no segment waits and merged parts are gone: when it stops shrinking."""
    deadline = time.perf_counter() + 120
    while time.perf_counter() < deadline:
        rows = at.query(measures=["count"], filter="settled = true")
        if rows and int(str(rows[0]["count"])) >= spans and not any((at.data / "segments").iterdir()):
            break
        time.sleep(0.5)
    sizes = [disk_bytes(at.data)]
    while len(sizes) < 16 or min(sizes[-15:]) < min(sizes[:-15]):
        time.sleep(2)
        sizes.append(disk_bytes(at.data))
        if len(sizes) > 60:
            break
    return min(sizes) / spans


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", nargs="+", default=["openinference", "semconv"])
    parser.add_argument("--per-request", nargs="+", type=int, default=[512, 8, 1])
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 8, 32])
    parser.add_argument("--spans", type=int, default=100_000, help="in one run at 512 a request; a fifth of it at 8, a tenth at 1")
    parser.add_argument("--disk", action="store_true", help="also wait for settling and measure bytes on disk per span")
    args = parser.parse_args()
    table = Table(title="Ingest: until every span is durable and visible")
    columns = "variant|spans/req|conns|visible/s|ratio|acked/s|ack p50 ms|ack p99 ms|visible after s|server µs/span|idle MB|peak MB|B/span|start s"
    for name in columns.split("|"):
        table.add_column(name, justify="right")
    console = Console(width=200)
    for variant in args.variants:
        for per_request in args.per_request:
            spans = args.spans // {1: 10, 8: 5}.get(per_request, 1)
            items = bodies(variant, per_request, spans)
            for connections in args.connections:
                with tempfile.TemporaryDirectory(prefix="bench") as directory, server(Path(directory) / "data") as at:
                    reference = decode_rate(items)
                    idle, cpu = at.rss_mb(), at.cpu_s()
                    said = ingest(at, items, connections)
                    total = sum(n for _, n in items)
                    cpu_us = (at.cpu_s() - cpu) / total * 1e6
                    size = settled_disk(at, total) if args.disk else float("nan")
                    table.add_row(
                        variant,
                        str(per_request),
                        str(connections),
                        f"{said['visible_per_s']:,.0f}",
                        f"{said['visible_per_s'] / reference:.2f}",
                        f"{said['acknowledged_per_s']:,.0f}",
                        f"{said['p50_ms']:.1f}",
                        f"{said['p99_ms']:.1f}",
                        f"{said['visible_after_s']:.2f}",
                        f"{cpu_us:.0f}",
                        f"{idle:.0f}",
                        f"{at.peak_mb():.0f}",
                        f"{size:.0f}",
                        f"{at.start_s:.2f}",
                    )
                    console.print(" ".join(str(cell) for cell in list(table.columns[0].cells)[-1:]), per_request, connections, said)
    console.print(table)


if __name__ == "__main__":
    main()
