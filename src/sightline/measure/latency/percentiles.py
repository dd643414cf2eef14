"""Percentiles by groups, with how many values they stand on and whether that is enough."""

import asyncio
from dataclasses import replace

from sightline.measure.latency.asking import Asked, Json, figures, manner_of, rows_of, shown
from sightline.query import Reader, Row


async def percentiles(reader: Reader, asked: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /latency/percentiles. Raises what a filter, a group or a measure that can't be raises."""
    everything, grouped = rows_of(replace(asked, group_by=())), rows_of(asked)
    manner = await manner_of(reader, asked)
    parts = {"quantiles": manner.quantiles()}
    total, groups = await asyncio.gather(
        everything.ask(reader, "percentiles", parts=parts, rows=1), grouped.ask(reader, "percentiles", parts=parts, rows=limit)
    )
    return {
        "window": shown(asked.scene.window),
        "unit": asked.unit,
        **manner.shown(),
        "total": figures(total[0] if total else None),
        "groups": [
            {"group": list(row["texts"]), **figures(row), "filter": grouped.grouping.filter(row["texts"], row["kinds"])} for row in groups
        ],
        "more_groups": max(0, _count(groups) - len(groups)),
    }


def _count(rows: list[Row]) -> int:
    return int(rows[0]["group_count"]) if rows else 0
