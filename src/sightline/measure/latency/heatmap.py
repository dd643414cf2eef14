"""The shape of latency: over time as a heatmap with percentile lines, and in all as a distribution, both on a logarithmic scale."""

import asyncio
import math
from collections import Counter

from sightline.errors import QueryTooLargeError
from sightline.measure.asking import Json, number, shown
from sightline.measure.latency.asking import LEVELS, Asked, Manner, Rows, figures, manner_of, rows_of, width_for
from sightline.measure.latency.rollups import HOUR_NS, RolledUp, added_up, figures_of, rolled_up
from sightline.query import EARLIEST_NS, Reader, parse_width, rfc3339
from sightline.stats.sketch import NOT_ABOVE_ZERO
from sightline.store import GAMMA

BINS_PER_DECADE = 10
_LOWEST = -1000
_MOST_CELLS = 50_000


async def heatmap(reader: Reader, asked: Asked, *, interval: str | None) -> dict[str, Json]:
    """The answer of GET /latency/heatmap. Raises what a filter, a measure or an interval that can't be raises."""
    if interval is not None:
        parse_width(interval)
    manner = await manner_of(reader, asked)
    rows = rows_of(asked)
    width = interval or await _width(reader, rows, asked)
    rolled = None
    if not manner.weighted and parse_width(width) % HOUR_NS == 0:
        rolled = await rolled_up(reader, asked, raw_rows=manner.rows)
    return await (_of_rows(reader, rows, manner, asked, width) if rolled is None else _of_hours(reader, rolled, manner, width))


async def _width(reader: Reader, rows: Rows, asked: Asked) -> str:
    window = asked.scene.window
    if window.from_ns > EARLIEST_NS:
        return width_for(asked, window.from_ns, window.from_ns)
    (extent,) = await rows.ask(reader, "extent")
    return width_for(asked, extent["first_ns"], extent["last_ns"])


async def _of_rows(reader: Reader, rows: Rows, manner: Manner, asked: Asked, width: str) -> dict[str, Json]:
    parts, width_ns = {"quantiles": manner.quantiles()}, parse_width(width)
    found, lines, total = await asyncio.gather(
        rows.ask(reader, "heatmap", width=width_ns, bins=BINS_PER_DECADE, rows=_MOST_CELLS + 1),
        rows.ask(reader, "lines", parts=parts, width=width_ns, rows=_MOST_CELLS),
        rows.ask(reader, "percentiles", parts=parts, rows=1),
    )
    cells = [(cell["time"], cell["bin"], number(cell["n"])) for cell in found]
    points = [(line["time"], figures(line)) for line in lines]
    return _answer(asked, manner.shown(), width, cells, points, figures(total[0] if total else None))


async def _of_hours(reader: Reader, rolled: RolledUp, manner: Manner, width: str) -> dict[str, Json]:
    """From one sketch for each piece of time: its bins are finer than the heatmap's."""
    found = await rolled.ask(reader, width_ns=parse_width(width), rows=_MOST_CELLS)
    cells: Counter[tuple[int, int]] = Counter()
    for row in found:
        for fine, n in row["bins"].items():
            cells[row["time"], _coarse(fine)] += n
    points = sorted((row["time"], figures_of(row, LEVELS)) for row in found)
    placed = [(time, which, size) for (time, which), size in sorted(cells.items())]
    return _answer(rolled.asked, manner.shown("rollup"), width, placed, points, figures_of(next(iter(added_up(found)), None), LEVELS))


def _coarse(fine: int) -> int:
    """The heatmap's bin that most of a sketch's bin lies in."""
    return _LOWEST if fine == NOT_ABOVE_ZERO else math.floor((fine - 0.5) * math.log10(GAMMA) * BINS_PER_DECADE)


def _answer(
    asked: Asked,
    how: dict[str, Json],
    width: str,
    cells: list[tuple[int, int, Json]],
    lines: list[tuple[int, dict[str, Json]]],
    total: Json,
) -> dict[str, Json]:
    width_ns = parse_width(width)
    if len(cells) > _MOST_CELLS:
        raise QueryTooLargeError(f"The heatmap would have over {_MOST_CELLS:,} cells: give a wider interval or a shorter window.")
    sizes: Counter[int] = Counter()
    for _, which, n in cells:
        sizes[which] += n
    return {
        "window": shown(asked.scene.window),
        "unit": asked.unit,
        **how,
        "interval": width,
        "bins_per_decade": BINS_PER_DECADE,
        "total": total,
        "cells": [{"time": rfc3339(time * width_ns), **_bin(which), "n": n} for time, which, n in cells],
        "lines": [{"time": rfc3339(time * width_ns), **line} for time, line in lines],
        "distribution": [{**_bin(which), "n": sizes[which]} for which in sorted(sizes)],
    }


def _bin(which: int) -> dict[str, Json]:
    """Its edges: [low, high). What is 0 has the bin [0, 0]."""
    if which == _LOWEST:
        return {"low": 0, "high": 0}
    return {"low": 10 ** (which / BINS_PER_DECADE), "high": 10 ** ((which + 1) / BINS_PER_DECADE)}
