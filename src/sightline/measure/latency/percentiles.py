"""Percentiles by groups, with how many values they stand on and whether that is enough."""

import asyncio
from dataclasses import replace

from sightline.measure.asking import Json, shown
from sightline.measure.latency.asking import LEVELS, Asked, Manner, Method, figures, manner_of, rows_of
from sightline.measure.latency.rollups import RolledUp, added_up, figures_of, rolled_up
from sightline.query import Reader, Row


async def percentiles(reader: Reader, asked: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /latency/percentiles. Raises what a filter, a group or a measure that can't be raises."""
    manner = await manner_of(reader, asked)
    method: Method
    rolled = None if manner.weighted else await rolled_up(reader, asked, raw_rows=manner.rows)
    if rolled is not None:
        (total, groups), made, method = await _by_hours(reader, rolled, limit), _from_sketch, "rollup"
    else:
        (total, groups), made, method = await _by_rows(reader, asked, manner, limit), figures, manner.method
    grouping = rows_of(asked).grouping
    return {
        "window": shown(asked.scene.window),
        "unit": asked.unit,
        **manner.shown(method),
        "total": made(total[0] if total else None),
        "groups": [{"group": list(row["texts"]), **made(row), "filter": grouping.filter(row["texts"], row["kinds"])} for row in groups],
        "more_groups": max(0, (groups[0]["group_count"] if groups else 0) - len(groups)),
    }


async def _by_rows(reader: Reader, asked: Asked, manner: Manner, limit: int) -> tuple[list[Row], list[Row]]:
    parts = {"quantiles": manner.quantiles()}
    return await asyncio.gather(
        rows_of(replace(asked, group_by=())).ask(reader, "percentiles", parts=parts, rows=1),
        rows_of(asked).ask(reader, "percentiles", parts=parts, rows=limit),
    )


async def _by_hours(reader: Reader, rolled: RolledUp, limit: int) -> tuple[list[Row], list[Row]]:
    groups = await rolled.ask(reader, rows=limit)
    if groups and groups[0]["group_count"] > len(groups):
        return await replace(rolled, asked=replace(rolled.asked, group_by=())).ask(reader), groups
    return added_up(groups), groups


def _from_sketch(row: Row | None) -> dict[str, Json]:
    return figures_of(row, LEVELS)
