"""Two windows, releases, models or prompt versions side by side, with intervals on how far they lie apart."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sightline.measure.asking import Json, number, ratio, shown
from sightline.measure.latency.asking import LEVELS, NAMES, Asked, Manner, Rows, enough, figures, manner_of, rows_of
from sightline.query import Reader, Row
from sightline.stats.quantiles import Interval, difference_interval, mean_interval, order_statistic_ranks, quantile_levels

LEVEL = 0.95
_MOST_HELD = 5_000_000
"""Values of which the ranks are taken one by one; beyond, a fine grid of quantiles stands for them."""
_GRID = tuple(float(level) for level in np.round(np.concatenate([np.arange(0.002, 0.9, 0.002), np.arange(0.9, 0.99995, 0.0001)]), 6))


@dataclass(frozen=True, slots=True)
class _Side:
    """A group on one side: its figures, and the interval around each of its quantiles (None: too few)."""

    row: Row
    around: dict[str, Interval | None]


async def compare(reader: Reader, a: Asked, b: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /latency/compare: how `b` differs from `a`. Both measure the same by the same groups."""
    (total_a, total_b), (groups_a, groups_b) = await asyncio.gather(
        asyncio.gather(*(_side(reader, replace(side, group_by=()), limit=1) for side in (a, b))),
        asyncio.gather(*(_side(reader, side, limit=limit) for side in (a, b))),
    )
    (all_a, manner_a), (all_b, manner_b) = total_a, total_b
    error = max(manner_a.relative_error, manner_b.relative_error)
    known = sorted({**groups_a[0], **groups_b[0]}, key=lambda key: -sum(_n(side[0].get(key)) for side in (groups_a, groups_b)))
    grouping = rows_of(b).grouping
    found = []
    for key in known[:limit] if b.group_by else []:
        one, other = groups_a[0].get(key), groups_b[0].get(key)
        texts = (one or other or _NOBODY).row["texts"]
        kinds = [kind for side in (one, other) if side is not None for kind in side.row["kinds"]]
        found.append({"group": list(texts), **_pair(one, other), "filter": grouping.filter(texts, kinds)})
    return {
        "unit": a.unit,
        "method": "sketch" if error else "exact",
        "relative_error": error,
        "level": LEVEL,
        "a_window": shown(a.scene.window),
        "b_window": shown(b.scene.window),
        **_pair(next(iter(all_a.values()), None), next(iter(all_b.values()), None)),
        "groups": found,
    }


_NOBODY = _Side({"texts": (), "kinds": ()}, {})


def _n(side: _Side | None) -> int:
    return 0 if side is None else int(side.row["n"])


async def _side(reader: Reader, asked: Asked, *, limit: int) -> tuple[dict[int, _Side], Manner]:
    rows, manner = rows_of(asked), await manner_of(reader, asked)
    found = await rows.ask(reader, "compare", parts={"quantiles": manner.quantiles()}, rows=limit)
    held = manner.method == "exact" and not manner.weighted and sum(row["n"] for row in found) <= _MOST_HELD
    around = await (_by_ranks(reader, rows, found) if held else _by_grid(reader, rows, found, manner))
    return {row["group_key"]: _Side(row, around[row["group_key"]]) for row in found}, manner


async def _by_ranks(reader: Reader, rows: Rows, found: list[Row]) -> dict[int, dict[str, Interval | None]]:
    """Intervals that are values of the sample themselves."""
    if not found:
        return {}
    ranks = {row["group_key"]: [order_statistic_ranks(row["n"], level, level=LEVEL) for level in LEVELS] for row in found}
    asked = {key: [rank for pair in pairs for rank in pair or (1, 1)] for key, pairs in ranks.items()}
    values = await rows.ask(reader, "order_statistics", keys=list(asked), ranks=list(asked.values()))
    at = {row["group_key"]: row["at"] for row in values}
    return {
        key: {
            name: None if pair is None else (at[key][2 * i], at[key][2 * i + 1])
            for i, (name, pair) in enumerate(zip(NAMES, pairs, strict=True))
        }
        for key, pairs in ranks.items()
    }


async def _by_grid(reader: Reader, rows: Rows, found: list[Row], manner: Manner) -> dict[int, dict[str, Interval | None]]:
    """Intervals read off a grid of quantiles, widened by what a sketch may be off."""
    if not found:
        return {}
    values = await rows.ask(reader, "grid", parts={"quantiles": manner.quantiles(_GRID)}, keys=[row["group_key"] for row in found])
    at = {row["group_key"]: row["at"] for row in values}
    made: dict[int, dict[str, Interval | None]] = {}
    for row in found:
        made[row["group_key"]] = {}
        for name, level in zip(NAMES, LEVELS, strict=True):
            levels = quantile_levels(row["effective"], level, level=LEVEL)
            if levels is None or levels[1] > _GRID[-1]:
                made[row["group_key"]][name] = None
                continue
            low, high = np.interp(levels, _GRID, at[row["group_key"]])
            made[row["group_key"]][name] = (float(low) * (1 - manner.relative_error), float(high) * (1 + manner.relative_error))
    return made


def _pair(a: _Side | None, b: _Side | None) -> dict[str, Json]:
    return {
        "a": figures(None if a is None else a.row),
        "b": figures(None if b is None else b.row),
        "differences": [_mean(a, b), *(_quantile(a, b, place) for place in range(len(LEVELS)))],
    }


def _mean(a: _Side | None, b: _Side | None) -> dict[str, Json]:
    if a is None or b is None:
        return _difference("mean", None, None, None, known=False)
    one, other = a.row, b.row
    apart = None
    if one["variance"] is not None and other["variance"] is not None:
        apart = mean_interval(
            one["mean"], one["variance"], one["effective"], other["mean"], other["variance"], other["effective"], level=LEVEL
        )
    return _difference("mean", one["mean"], other["mean"], apart, known=apart is not None)


def _quantile(a: _Side | None, b: _Side | None, place: int) -> dict[str, Json]:
    name = NAMES[place]
    if a is None or b is None:
        return _difference(name, None, None, None, known=False)
    one, other = a.row["q"][place], b.row["q"][place]
    around_a, around_b = a.around[name], b.around[name]
    known = enough(a.row["n"])[name] and enough(b.row["n"])[name]
    apart = None if around_a is None or around_b is None else difference_interval(one, around_a, other, around_b)
    return _difference(name, one, other, apart, known=known)


def _difference(name: str, a: Any, b: Any, apart: Interval | None, *, known: bool) -> dict[str, Json]:
    difference = None if a is None or b is None else b - a
    return {
        "of": name,
        "a": number(a),
        "b": number(b),
        "difference": number(difference),
        "relative": number(ratio(difference, a)),
        "low": None if apart is None else number(apart[0]),
        "high": None if apart is None else number(apart[1]),
        "enough": known,
        "clear": known and apart is not None and (apart[0] > 0 or apart[1] < 0),
    }
