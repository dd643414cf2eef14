"""What was spent on what: in all, per request and session, over time, and by groups against the window before."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from sightline.errors import QueryTooLargeError
from sightline.measure.economics.asking import Asked, Json, Rows, difference, fitting_width, number, ratio, rows_of
from sightline.query import Reader, Row, Window, parse_width, rfc3339

OTHER = "(other)"

_MOST_POINTS = 50_000
_SPEND = (
    "requests", "calls", "cost_usd", "uncached_input_usd", "cache_read_usd", "cache_write_usd", "output_usd", "other_usd", "reported_usd",
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens",
    "priced_calls", "unpriced_calls", "unknown_usage_calls",
)  # fmt: skip
_NOTHING: Mapping[str, Any] = {name: 0 if name.endswith(("requests", "calls")) else None for name in _SPEND}

_OF_REQUESTS = {"unit": "c.trace_id", "unit_cost": "sum(c.cost_usd)", "unit_weight": "max(c.weight)"}
# A session is sampled request by request: what is left of it stands for the whole.
_OF_SESSIONS = {"unit": "c.session_id", "unit_cost": "sum(c.weight * c.cost_usd)", "unit_weight": "1."}
_EXACT = {"quantiles": "quantilesExactInclusive", "quantile_of": "u.cost"}
_WEIGHTED = {"quantiles": "quantilesExactWeightedInterpolated", "quantile_of": "u.cost, toUInt64(round(u.unit_weight * 1000))"}


async def spend(reader: Reader, asked: Asked, *, interval: str | None, limit: int) -> dict[str, Json]:
    """The answer of GET /economics/spend. Raises what a filter, a group or an interval that can't be raises."""
    everything = rows_of("calls", Asked(asked.scene, asked.filter), asked.both)
    grouped = rows_of("calls", asked, asked.both)
    within = rows_of("calls", asked, asked.scene.window)
    if interval is not None:
        parse_width(interval)
    (extent,) = await within.ask(reader, "extent")
    width = interval or fitting_width(_known_window(asked, extent))
    manner = _WEIGHTED if extent["weighted"] else _EXACT
    total, requests, sessions, groups = await asyncio.gather(
        everything.ask(reader, "spend", rows=2),
        everything.ask(reader, "per_unit", parts={**_OF_REQUESTS, **manner}),
        everything.ask(reader, "per_unit", parts={**_OF_SESSIONS, **manner}),
        grouped.ask(reader, "spend", rows=2 * limit + 2),
    )
    found = paired(groups)[:limit]
    spent = _spend(_in_window(total, now=True)).get("cost_usd")
    return {
        **asked.windows(),
        "total": _spend(_in_window(total, now=True)),
        "previous_total": None if asked.previous is None else _spend(_in_window(total, now=False)),
        "per_request": _per_unit(_in_window(requests, now=True)),
        "previous_per_request": None if asked.previous is None else _per_unit(_in_window(requests, now=False)),
        "per_session": _per_unit(_in_window(sessions, now=True)),
        "interval": width,
        "series": await _series(reader, within, width, found),
        "groups": sorted(
            (_group(grouped, asked, now, before, spent) for now, before in found),
            key=lambda group: (-(group["now"]["cost_usd"] or 0), str(group["group"])),
        ),
        "more_groups": max(0, (groups[0]["group_count"] if groups else 0) - len(found)),
    }


def paired(rows: Iterable[Row]) -> list[tuple[Row | None, Row | None]]:
    """Rows of groups as (now, before), in the order of the rows; the engine gives a group's two rows one after the other."""
    pairs: dict[int, list[Row | None]] = {}
    for row in rows:
        pairs.setdefault(row["group_key"], [None, None])[0 if row["is_now"] else 1] = row
    return [(now, before) for now, before in pairs.values()]


def _in_window(rows: Iterable[Row], *, now: bool) -> Row | None:
    return next((row for row in rows if bool(row["is_now"]) is now), None)


def _known_window(asked: Asked, extent: Row) -> Window:
    """The window, or what of it has calls where it is open."""
    window = asked.scene.window
    if asked.previous is not None:
        return Window(window.from_ns, min(window.to_ns, max(asked.scene.now_ns, window.from_ns + 1)))
    return Window(extent["first_ns"], extent["last_ns"] + 1) if extent["calls"] else Window(0, 1)


def _spend(row: Row | None) -> dict[str, Json]:
    made = {name: number((row or _NOTHING)[name]) for name in _SPEND}
    known = made["priced_calls"] + made["unpriced_calls"] + made["unknown_usage_calls"]
    return {**made, "priced_share": ratio(made["priced_calls"], known)}


def _per_unit(row: Row | None) -> dict[str, Json]:
    if row is None:
        return {"mean": None, "p50": None, "p95": None, "p99": None, "max": None, "n": 0}
    p50, p95, p99 = (number(value) for value in row["quantiles"])
    return {"mean": number(row["mean"]), "p50": p50, "p95": p95, "p99": p99, "max": number(row["max"]), "n": row["n"]}


def _group(rows: Rows, asked: Asked, now: Row | None, before: Row | None, spent: float | None) -> dict[str, Json]:
    there: Row = now or before or {}
    current = _spend(now)
    earlier = None if asked.previous is None else _spend(before)
    return {
        "group": list(there["texts"]),
        "now": current,
        "before": earlier,
        "change_usd": None if earlier is None else difference(current["cost_usd"], earlier["cost_usd"]),
        "share": ratio(current["cost_usd"], spent),
        "per_request_usd": ratio(current["cost_usd"], None if now is None else now["requests_priced"]),
        "filter": rows.grouping.filter(there["texts"], there["kinds"]),
    }


async def _series(reader: Reader, rows: Rows, width: str, groups: list[tuple[Row | None, Row | None]]) -> list[dict[str, Json]]:
    known = {row["group_key"]: list(row["texts"]) for now, before in groups if (row := now or before) is not None}
    points = await rows.ask(reader, "spend_series", width=parse_width(width), top=list(known), rows=_MOST_POINTS + 1)
    if len(points) > _MOST_POINTS:
        raise QueryTooLargeError(f"The series would have over {_MOST_POINTS:,} points: give a wider interval or a lower limit.")
    return [
        {
            "time": rfc3339(point["time"] * parse_width(width)),
            "group": known.get(point["top_key"], [OTHER]),
            "cost_usd": number(point["cost_usd"]),
            "calls": number(point["calls"]),
        }
        for point in points
    ]
