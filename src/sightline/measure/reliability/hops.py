"""The map of hops: which stage runs inside which, how each edge fares, and hops that some requests lack and their like have."""

import asyncio

from sightline.measure.asking import Asked, Json, number, shown
from sightline.measure.reliability.asking import Spans, spans_of, statement, tally
from sightline.query import Reader, Row, both, quoted

MOST_SPANS = 300_000
"""Beyond so many spans a sample of the traces is looked at, chosen by their ids."""

USUAL = 0.8
"""A hop that so large a share of a task's requests make is missed in the others."""

FEWEST = 20
"""Requests of a task below which nothing is said to be missing."""


async def hops(reader: Reader, asked: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /reliability/hops. Raises what a filter that can't be raises."""
    spans = spans_of(asked)
    (extent,) = await spans.ask(reader, "extent")
    one_in = max(1, -(-extent["spans"] // MOST_SPANS))
    edges, missing = await asyncio.gather(spans.ask(reader, "edges", one_in=one_in, rows=limit), _missing(reader, spans, one_in))
    return {
        "window": shown(asked.scene.window),
        "one_in": one_in,
        "nodes": _nodes(edges),
        "edges": [_edge(row) for row in edges],
        "missing": missing,
    }


def _edge(row: Row) -> dict[str, Json]:
    inside = None if row["parent_stage"] == "" else {"kind": row["parent_kind"], "stage": row["parent_stage"]}
    return {
        "from": inside,
        "to": {"kind": row["kind"], "stage": row["stage"]},
        "calls": number(row["calls"]),
        "traces": row["traces"],
        "failed": tally(row["failed"], row["calls"], row["squared"]),
        "errors": number(row["errors"]),
        "silent_failures": tally(row["silent_failures"], row["calls"], row["squared"]),
        "after_ns": None if row["after_ns"] is None else int(row["after_ns"]),
        "p50_ns": number(row["p50_ns"]),
        "p95_ns": number(row["p95_ns"]),
        "timed": row["timed"],
        "enough": row["timed"] >= 100,
        "filter": _of(row["kind"], row["stage"]),
    }


def _of(kind: str, stage: str) -> str:
    return both([f"kind = {quoted(kind)}", f"stage = {quoted(stage)}"])


def _nodes(edges: list[Row]) -> list[dict[str, Json]]:
    """Every stage once: what comes in on all its edges."""
    sums: dict[tuple[str, str], dict[str, float]] = {}
    for row in edges:
        of = sums.setdefault((row["kind"], row["stage"]), dict.fromkeys(_SUMMED, 0.0))
        for name in _SUMMED:
            of[name] += row[name]
    return [
        {
            "kind": kind,
            "stage": stage,
            "calls": number(of["calls"]),
            "failed": tally(of["failed"], of["calls"], of["squared"]),
            "errors": number(of["errors"]),
            "silent_failures": tally(of["silent_failures"], of["calls"], of["squared"]),
            "filter": _of(kind, stage),
        }
        for (kind, stage), of in sums.items()
    ]


_SUMMED = ("calls", "squared", "failed", "errors", "silent_failures")


async def _missing(reader: Reader, spans: Spans, one_in: int) -> list[dict[str, Json]]:
    requests = {"requests": statement("requests_and_hops", spans=spans.sql)}
    found = await spans.ask(reader, "missing_hops", parts=requests, one_in=one_in, usual=USUAL, fewest=FEWEST, rows=30)
    if not found:
        return []
    wanted = [(row["task"], row["kind"], row["stage"]) for row in found]
    rows = await spans.ask(reader, "without_hop", parts=requests, one_in=one_in, wanted=wanted)
    ids = {(row["task"], row["kind"], row["stage"]): row["trace_ids"] for row in rows}
    return [
        {
            "task": row["task"],
            "kind": row["kind"],
            "stage": row["stage"],
            "requests": tally(row["with_hop"], row["of_task"], row["of_task"]),
            "without": row["without"],
            "without_failed": row["without_failed"],
            "trace_ids": ids.get((row["task"], row["kind"], row["stage"]), []),
        }
        for row in found
    ]
