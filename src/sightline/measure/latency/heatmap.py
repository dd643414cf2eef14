"""The shape of latency: over time as a heatmap with percentile lines, and in all as a distribution, both on a logarithmic scale."""

import asyncio
from collections import Counter

from sightline.errors import QueryTooLargeError
from sightline.measure.latency.asking import Asked, Json, figures, manner_of, number, rows_of, shown, width_for
from sightline.query import Reader, parse_width, rfc3339

BINS_PER_DECADE = 10
_LOWEST = -1000
_MOST_CELLS = 50_000


async def heatmap(reader: Reader, asked: Asked, *, interval: str | None) -> dict[str, Json]:
    """The answer of GET /latency/heatmap. Raises what a filter, a measure or an interval that can't be raises."""
    rows = rows_of(asked)
    if interval is not None:
        parse_width(interval)
    (extent,) = await rows.ask(reader, "extent")
    width = interval or width_for(asked, extent["first_ns"], extent["last_ns"])
    width_ns = parse_width(width)
    manner = await manner_of(reader, asked)
    parts = {"quantiles": manner.quantiles()}
    cells, lines, total = await asyncio.gather(
        rows.ask(reader, "heatmap", width=width_ns, bins=BINS_PER_DECADE, rows=_MOST_CELLS + 1),
        rows.ask(reader, "lines", parts=parts, width=width_ns, rows=_MOST_CELLS),
        rows.ask(reader, "percentiles", parts=parts, rows=1),
    )
    if len(cells) > _MOST_CELLS:
        raise QueryTooLargeError(f"The heatmap would have over {_MOST_CELLS:,} cells: give a wider interval or a shorter window.")
    sizes: Counter[int] = Counter()
    for cell in cells:
        sizes[cell["bin"]] += cell["n"]
    return {
        "window": shown(asked.scene.window),
        "unit": asked.unit,
        **manner.shown(),
        "interval": width,
        "bins_per_decade": BINS_PER_DECADE,
        "total": figures(total[0] if total else None),
        "cells": [{"time": rfc3339(cell["time"] * width_ns), **_bin(cell["bin"]), "n": number(cell["n"])} for cell in cells],
        "lines": [{"time": rfc3339(line["time"] * width_ns), **figures(line)} for line in lines],
        "distribution": [{**_bin(which), "n": number(sizes[which])} for which in sorted(sizes)],
    }


def _bin(which: int) -> dict[str, Json]:
    """Its edges: [low, high). What is 0 has the bin [0, 0]."""
    if which == _LOWEST:
        return {"low": 0, "high": 0}
    return {"low": 10 ** (which / BINS_PER_DECADE), "high": 10 ** ((which + 1) / BINS_PER_DECADE)}
