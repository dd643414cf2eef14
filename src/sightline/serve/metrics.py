"""`GET /metrics`: Sightline's own health and the main series of the traffic, named by OpenTelemetry's GenAI metric conventions."""

import asyncio
import os
import resource
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from fastapi import FastAPI, Request, Response

from sightline import __version__
from sightline.measure.health import Health, health
from sightline.measure.traffic import Counted, TrafficCounters
from sightline.measure.traffic.counters import SECONDS, TOKENS, Series
from sightline.serve.exposition import CONTENT_TYPE, Family, Sample, exposition, histogram

LABELS: Mapping[str, str] = {
    "operation": "gen_ai_operation_name",
    "provider": "gen_ai_provider_name",
    "request_model": "gen_ai_request_model",
    "response_model": "gen_ai_response_model",
    "tool_name": "gen_ai_tool_name",
    "agent_name": "gen_ai_agent_name",
    "service": "service_name",
    "environment": "deployment_environment_name",
    "release": "service_version",
}
"""Facts that OpenTelemetry has a name for; the others are labels under their own."""

_STARTED_S = time.time()


def include_metrics(api: FastAPI) -> None:
    """Give an application /metrics. It finds the counters, the receiver and the settings in `request.state`."""

    @api.get("/metrics", tags=["health"], response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics(request: Request) -> Response:
        """Sightline's own health and the traffic as counters, in Prometheus' text format: docs/reliability.md."""
        state = request.state
        counters: TrafficCounters = state.traffic
        found, counted = await asyncio.gather(health(state.store), counters.read(time.time_ns()))
        families = [*_own(state, found), *_calls(counters.labels, counted), *_others(counted)]
        return Response(exposition(families), media_type=CONTENT_TYPE)


def _own(state: object, found: Health) -> Iterator[Family]:
    receiver, settings, store = (getattr(state, name) for name in ("receiver", "settings", "store"))
    yield _one("sightline_build_info", "gauge", "The version that runs.", 1, {"version": __version__})
    for outcome in ("received", "duplicate", "rejected"):
        yield Family(
            f"sightline_{outcome}_items_total",
            "counter",
            f"Spans, log records and data points that were {outcome}, by the ledger.",
            [Sample({"signal": row["signal"]}, row[outcome]) for row in found.ledger],
        )
    stored = [Sample({"signal": row["signal"]}, row["stored"]) for row in found.ledger]
    yield Family("sightline_stored_items", "gauge", "Those that are stored; copies found later are taken off.", stored)
    yield _one("sightline_backlog_bytes", "gauge", "Acknowledged bytes that the engine has not got yet.", receiver.waiting_bytes)
    yield _one("sightline_backlog_limit_bytes", "gauge", "From here on senders are told to wait.", settings.backlog_bytes)
    yield _one("sightline_loader_lag_seconds", "gauge", "Age of what waits for the engine; 0 when nothing does.", store.loader_lag_s())
    yield _one("sightline_open_traces", "gauge", "Traces that are not settled.", found.open_traces)
    late_s = max(0.0, found.quiet_for_ms / 1000 - settings.settle_quiet_s)
    yield _one("sightline_settling_lag_seconds", "gauge", "How long the trace that is due longest has been so; 0 when none is.", late_s)
    for name, meaning in (("bytes", "What a table takes on disk."), ("rows", "A table's rows."), ("parts", "A table's parts.")):
        samples = [Sample({"table": row["table"]}, row[name]) for row in found.tables]
        yield Family(f"sightline_table_{name}", "gauge", meaning, samples)
    disk = shutil.disk_usage(settings.data)
    yield _one("sightline_disk_free_bytes", "gauge", "Free on the disk of the data directory.", disk.free)
    yield _one("sightline_disk_size_bytes", "gauge", "Size of the disk of the data directory.", disk.total)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    yield _one("process_cpu_seconds_total", "counter", "Processor time of the server.", usage.ru_utime + usage.ru_stime)
    yield _one("process_start_time_seconds", "gauge", "When the server started, in seconds since 1970.", _STARTED_S)
    if (statm := Path("/proc/self/statm")).exists():
        pages = int(statm.read_text().split()[1])
        yield _one("process_resident_memory_bytes", "gauge", "Memory of the server.", pages * os.sysconf("SC_PAGE_SIZE"))


def _one(name: str, type_: str, meaning: str, value: float, labels: Mapping[str, str] | None = None) -> Family:
    return Family(name, "counter" if type_ == "counter" else "gauge", meaning, [Sample(labels or {}, value)])


def _calls(facts: tuple[str, ...], counted: Counted) -> Iterator[Family]:
    named = [(_named(facts, labels), values) for labels, values in sorted(counted.calls.items())]
    yield Family(
        "gen_ai_client_operation_duration_seconds",
        "histogram",
        "GenAI operation duration.",
        [
            line
            for labels, v in named
            for line in histogram(labels, SECONDS, v["duration_le"], v["duration_n"], v["duration_sum"])
            if v["duration_n"]
        ],
    )
    yield Family(
        "gen_ai_client_operation_time_to_first_chunk_seconds",
        "histogram",
        "Time to the first chunk of a streamed answer.",
        [line for labels, v in named for line in histogram(labels, SECONDS, v["first_le"], v["first_n"], v["first_sum"]) if v["first_n"]],
    )
    yield Family(
        "gen_ai_client_token_usage",
        "histogram",
        "Number of input and output tokens used.",
        [
            line
            for labels, v in named
            for side in ("input", "output")
            for line in histogram({**labels, "gen_ai_token_type": side}, TOKENS, v[f"{side}_le"], v[f"{side}_n"], v[f"{side}_sum"])
            if v[f"{side}_n"]
        ],
    )
    yield Family("sightline_cost_usd_total", "counter", "What calls cost, in USD.", [Sample(labels, v["cost_usd"]) for labels, v in named])


def _others(counted: Counted) -> Iterator[Family]:
    yield _counter("sightline_requests_total", "Requests by how they ended.", counted.request_labels, counted.requests)
    yield _counter("sightline_silent_failures_total", "Failures that nobody reported, by kind.", counted.silent_labels, counted.silent)


def _counter(name: str, meaning: str, facts: tuple[str, ...], series: Series) -> Family:
    return Family(name, "counter", meaning, [Sample(_named(facts, labels), values["n"]) for labels, values in sorted(series.items())])


def _named(facts: tuple[str, ...], labels: tuple[str, ...]) -> dict[str, str]:
    return {LABELS.get(fact, fact): value for fact, value in zip(facts, labels, strict=True)}
