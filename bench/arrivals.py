"""Real arrivals, replayed faster than they came: nothing lost, nothing doubled, and the screens stay usable meanwhile.

The arrivals and token counts are those of `../shared/data/azure_llm_2023` (two services, half an hour, CC-BY-4.0). Each becomes a request of
a root and an LLM call, which exporters send in batches as they do, over OTLP/HTTP; some batches are sent again, as after a lost answer.
The while, the questions of the main screens are asked one after the other.

    python -m bench.arrivals --speed 100
"""

import argparse
import asyncio
import csv
import gzip
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from bench.harness import ROOT, Running, server

SET = ROOT.parent / "shared" / "data" / "azure_llm_2023"
SERVICES = ("code", "conv")
BATCH_S = 0.2
AGAIN = 0.05
LIMIT_MS = 500

SCREENS: dict[str, tuple[str, str, dict[str, object]]] = {
    "traces: list": ("GET", "/api/v1/traces", {"limit": 100}),
    "traces: volume": (
        "POST",
        "/api/v1/query",
        {"measures": ["count", "error_rate", "p95(duration_ms)"], "interval": "15s", "from": "-15m", "filter": "parent_span_id is null"},
    ),
    "economics: spend": ("GET", "/api/v1/economics/spend", {"from": "-1h", "group_by": "model"}),
    "reliability: errors": ("GET", "/api/v1/reliability/errors", {"from": "-1h"}),
    "reliability: silent failures": ("GET", "/api/v1/reliability/silent-failures", {"from": "-1h"}),
    "reliability: providers": ("GET", "/api/v1/reliability/availability", {"from": "-1h"}),
    "reliability: retries": ("GET", "/api/v1/reliability/retries", {"from": "-1h"}),
    "reliability: map": ("GET", "/api/v1/reliability/hops", {"from": "-1h"}),
    "ledger": ("GET", "/api/v1/ledger", {}),
}


@dataclass
class Done:
    """What was sent and what it took to ask meanwhile (ms, by question)."""

    requests: int = 0
    spans: int = 0
    bodies: int = 0
    again: int = 0
    spans_again: int = 0
    behind_s: float = 0.0
    refused: int = 0
    took_ms: dict[str, list[float]] = field(default_factory=dict)


def arrivals() -> list[tuple[float, str, int, int]]:
    """(seconds since the start, service, input tokens, output tokens), in their order."""
    if not SET.is_dir():
        sys.exit(f"the set is not at {SET.relative_to(ROOT.parent)} beside the project")
    found = []
    for service in SERVICES:
        with gzip.open(SET / f"{service}.csv.gz", "rt") as file:
            found += [(float(r["offset_s"]), service, int(r["input_tokens"]), int(r["output_tokens"])) for r in csv.DictReader(file)]
    return sorted(found)


def batches(speed: float) -> Iterator[tuple[float, str, list[tuple[int, int]]]]:
    """(when to send in seconds, service, its calls): what a service's exporter gathers in BATCH_S seconds."""
    gathered: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for offset_s, service, tokens_in, tokens_out in arrivals():
        gathered.setdefault((int(offset_s / speed / BATCH_S), service), []).append((tokens_in, tokens_out))
    for (tick, service), calls in sorted(gathered.items()):
        yield (tick + 1) * BATCH_S, service, calls


def body(service: str, calls: list[tuple[int, int]], luck: random.Random) -> bytes:
    """One OTLP request: a trace for each call, which ended just now. Durations are made up: the set has none."""
    request = ExportTraceServiceRequest()
    of = request.resource_spans.add()
    of.resource.attributes.extend(_said({"service.name": f"azure-{service}", "service.version": "2023"}))
    scope = of.scope_spans.add()
    now = time.time_ns()
    for tokens_in, tokens_out in calls:
        took = int(luck.lognormvariate(0, 0.4) * (3e8 + tokens_out * 15e6))
        trace_id, root_id = luck.randbytes(16), luck.randbytes(8)
        about = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "azure.ai.openai", "gen_ai.request.model": "gpt-4o"}
        usage = {"gen_ai.usage.input_tokens": tokens_in, "gen_ai.usage.output_tokens": tokens_out}
        failed = luck.random() < 0.01
        root = scope.spans.add(
            trace_id=trace_id, span_id=root_id, name=f"POST /{service}", kind=2, start_time_unix_nano=now - took, end_time_unix_nano=now
        )
        root.attributes.extend(_said({"sightline.task": service, "sightline.tenant": f"tenant-{luck.randrange(20)}"}))
        call = scope.spans.add(
            trace_id=trace_id,
            span_id=luck.randbytes(8),
            parent_span_id=root_id,
            name="chat gpt-4o",
            kind=3,
            start_time_unix_nano=now - took + 1_000_000,
            end_time_unix_nano=now - 1_000_000,
        )
        call.attributes.extend(_said(about | ({"error.type": "openai.RateLimitError"} if failed else usage)))
        if failed:
            call.status.code = root.status.code = Status.STATUS_CODE_ERROR
    return request.SerializeToString()


def _said(attributes: dict[str, str | int] | dict[str, str]) -> list[KeyValue]:
    return [
        KeyValue(key=key, value=AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=value))
        for key, value in attributes.items()
    ]


async def replay(at: Running, speed: float, done: Done) -> None:
    """Send every batch when it is due; a refused one again until it is taken."""
    luck = random.Random(1)
    headers = {"content-type": "application/x-protobuf"}
    async with httpx.AsyncClient(base_url=at.url, timeout=60, headers=headers) as client:

        async def send(content: bytes) -> None:
            while (await client.post("/v1/traces", content=content)).status_code != 200:
                done.refused += 1
                await asyncio.sleep(0.5)

        began, sending = time.perf_counter(), set()
        for due_s, service, calls in batches(speed):
            await asyncio.sleep(max(0.0, began + due_s - time.perf_counter()))
            done.behind_s = max(done.behind_s, time.perf_counter() - began - due_s)
            content = body(service, calls, luck)
            done.requests, done.spans, done.bodies = done.requests + len(calls), done.spans + 2 * len(calls), done.bodies + 1
            sending.add(asyncio.create_task(send(content)))
            if luck.random() < AGAIN:
                done.again, done.spans_again = done.again + 1, done.spans_again + 2 * len(calls)
                sending.add(asyncio.create_task(send(content)))
        await asyncio.gather(*sending)


async def look(at: Running, done: Done, over: asyncio.Event) -> None:
    """Ask the screens' questions, one after the other, until the replay is over."""
    async with httpx.AsyncClient(base_url=at.url, timeout=60) as client:
        while not over.is_set():
            for name, (method, path, said) in SCREENS.items():
                began = time.perf_counter()
                asked = {"params": said} if method == "GET" else {"json": said}
                (await client.request(method, path, **asked)).raise_for_status()  # type: ignore[arg-type]
                done.took_ms.setdefault(name, []).append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.2)


async def both(at: Running, speed: float) -> Done:
    """Replay and look at the same time."""
    done, over = Done(), asyncio.Event()
    looking = asyncio.create_task(look(at, done, over))
    try:
        await replay(at, speed, done)
    finally:
        over.set()
        await looking
    return done


def settled(at: Running, spans: int, within_s: float) -> float:
    """Seconds until everything is there and settled."""
    began = time.perf_counter()
    while time.perf_counter() - began < within_s:
        if at.count() == spans and at.query(measures=["count"], filter="settled = false") in ([], [{"count": 0}]):
            return time.perf_counter() - began
        time.sleep(0.25)
    sys.exit(f"after {within_s:.0f} s there are {at.count()} of {spans} spans")


def quantile(values: list[float], share: float) -> float:
    """Linear between neighbours, as the engine's."""
    ordered, at = sorted(values), share * (len(values) - 1)
    low = ordered[int(at)]
    return low + (ordered[min(int(at) + 1, len(values) - 1)] - low) * (at - int(at))


def main() -> int:
    """0 where nothing was lost or doubled and every question's P95 was under the limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--speed", type=float, default=100.0, help="times as fast as they came")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arrivals-", dir=ROOT) as scratch, server(Path(scratch) / "data") as at:
        began, cpu = time.perf_counter(), at.cpu_s()
        done = asyncio.run(both(at, args.speed))
        took_s, cpu_s = time.perf_counter() - began, at.cpu_s() - cpu
        waited_s = settled(at, done.spans, 120)
        total = httpx.get(f"{at.url}/api/v1/ledger", params={"project": "default"}, timeout=60).json()["total"]
        traces = at.query(measures=["count"], of="traces")[0]["count"]
        print(
            f"{done.requests:,} requests ({done.spans:,} spans) in {took_s:.1f} s: {done.spans / took_s:,.0f} spans/s in {done.bodies} bodies"
        )
        print(
            f"{done.again} bodies ({done.spans_again:,} spans) sent twice, {done.refused} told to wait, at most {done.behind_s:.2f} s behind"
        )
        print(f"server: {cpu_s / took_s:.0%} of a core, peak {at.peak_mb():.0f} MB; all settled {waited_s:.1f} s after the last")
        print(f"ledger: {total}; stored {at.count():,} spans, {traces:,} requests")
        print("\n| question | n | p50 ms | p95 ms | max ms |\n|---|---:|---:|---:|---:|")
        rows = [*done.took_ms.items(), ("all", [ms for took in done.took_ms.values() for ms in took])]
        for name, took in rows:
            print(f"| {name} | {len(took)} | {quantile(took, 0.5):.0f} | {quantile(took, 0.95):.0f} | {max(took):.0f} |")
    lost = total["received"] != done.spans + done.spans_again or total["stored"] != done.spans or total["duplicate"] != done.spans_again
    slow = quantile(rows[-1][1], 0.95) >= LIMIT_MS
    print("\n" + ("LOST OR DOUBLED" if lost else "nothing lost, nothing doubled") + (f"; p95 over {LIMIT_MS} ms" if slow else ""))
    return int(lost or slow)


if __name__ == "__main__":
    sys.exit(main())
