"""What was spent on what: in all, per request and session, over time, and by groups against the window before."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sightline.errors import QueryTooLargeError
from sightline.measure.asking import Asked, Json, number, ratio
from sightline.measure.economics.asking import Rows, difference, now_and_before, paired, rows_of, width_for
from sightline.query import Reader, Row, parse_width, rfc3339

OTHER = "(other)"

_MOST_LINES = 50
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
    width = interval or width_for(asked, extent)
    manner = _WEIGHTED if extent["weighted"] else _EXACT
    total, requests, sessions, groups = await asyncio.gather(
        everything.ask(reader, "spend", rows=2),
        everything.ask(reader, "per_unit", parts={**_OF_REQUESTS, **manner}),
        everything.ask(reader, "per_unit", parts={**_OF_SESSIONS, **manner}),
        grouped.ask(reader, "spend", rows=2 * limit + 2),
    )
    found = paired(groups)[:limit]
    now, before = now_and_before(total)
    requests_now, requests_before = now_and_before(requests)
    spent = _spend(now)["cost_usd"]
    return {
        **asked.windows(),
        "total": _spend(now),
        "previous_total": None if asked.previous is None else _spend(before),
        "per_request": _per_unit(requests_now),
        "previous_per_request": None if asked.previous is None else _per_unit(requests_before),
        "per_session": _per_unit(now_and_before(sessions)[0]),
        "interval": width,
        "series": await _series(reader, within, width, found[:_MOST_LINES]),
        "groups": sorted(
            (_group(grouped, asked, current, earlier, spent) for current, earlier in found),
            key=lambda group: (-(group["now"]["cost_usd"] or 0), str(group["group"])),
        ),
        "limit": limit,
        "more_groups": max(0, (groups[0]["group_count"] if groups else 0) - len(found)),
    }


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
