"""What searches say of themselves: how good the best document was, how far it stood out, how often nothing was found, how old the index."""

import asyncio

from sightline.errors import QueryTooLargeError
from sightline.measure.retrieval.asking import Asked, Json, Searches, group_filter, mean, searches, share, shown, width_of
from sightline.query import EARLIEST_NS, UNITS_NS, Reader, Row, Window, parse_width, rfc3339

_MOST_POINTS = 20_000
_LOOK_BACK_NS = 30 * UNITS_NS["d"]


async def levels(reader: Reader, asked: Asked, *, kind: str, interval: str | None, limit: int) -> dict[str, Json]:
    """The answer of GET /retrieval. kind: retrieval or rerank. Raises what a filter, a group or an interval that can't be raises."""
    grouped = searches(asked, kind)
    together = searches(asked, kind, groups=False)
    (extent,) = await together.ask(reader, "extent")
    width = width_of(asked, interval, extent)
    totals, groups, versions = await asyncio.gather(
        together.ask(reader, "totals", rows=1), grouped.ask(reader, "totals", rows=limit), _versions(reader, asked, kind)
    )
    total = totals[0] if totals else _NOTHING
    return {
        "window": shown(asked.scene.window),
        "interval": width,
        "total": _measures(total),
        "stale": await _stale(reader, asked, kind, versions),
        "groups": [
            {"group": row["texts"], "filter": group_filter(grouped.grouping, row["texts"], row["kinds"], kind), **_measures(row)}
            for row in groups
        ],
        "more_groups": groups[0]["group_count"] - len(groups) if groups else 0,
        "series": await _series(reader, grouped, width, groups),
        "versions": [
            {
                "retriever": row["stage"],
                "index_version": row["index_version"],
                "first": rfc3339(row["first_ns"]),
                "last": rfc3339(row["last_ns"]),
                "retrievals": row["retrievals"],
            }
            for row in versions
        ],
    }


def _measures(row: Row) -> dict[str, Json]:
    return {
        "retrievals": row["retrievals"],
        "traces": row["traces"],
        "empty": share(row["empty"], row["counted"], row["counted_2"]),
        "documents": row["found"] / row["counted"] if row["counted"] else None,
        "top_score": mean(row, "top"),
        "gap": mean(row, "gap"),
        "empty_trace_ids": row["empty_traces"],
    }


async def _series(reader: Reader, grouped: Searches, width: str, groups: list[Row]) -> list[dict[str, Json]]:
    of = {row["group_key"]: row["texts"] for row in groups[:8]}
    rows = await grouped.ask(reader, "series", width=parse_width(width), top=list(of), rows=_MOST_POINTS + 1)
    if len(rows) > _MOST_POINTS:
        raise QueryTooLargeError(f"The series would have over {_MOST_POINTS:,} points: give a wider interval or fewer groups.")
    return [
        {
            "time": rfc3339(row["time"] * parse_width(width)),
            "group": of[row["group_key"]],
            "retrievals": row["retrievals"],
            "empty": share(row["empty"], row["counted"], row["counted_2"]),
            "top_score": mean(row, "top"),
            "gap": mean(row, "gap"),
        }
        for row in rows
    ]


async def _versions(reader: Reader, asked: Asked, kind: str) -> list[Row]:
    """Versions that were searched in the window or the 30 days before it."""
    window = asked.scene.window
    wide = Window(max(EARLIEST_NS, window.from_ns - _LOOK_BACK_NS), window.to_ns)
    return await searches(Asked(asked.scene, asked.filter), kind, window=wide).ask(reader, "versions")


async def _stale(reader: Reader, asked: Asked, kind: str, versions: list[Row]) -> dict[str, Json]:
    (row,) = await searches(asked, kind, groups=False).ask(
        reader, "stale", stages=[v["stage"] for v in versions], versions=[v["index_version"] for v in versions],
        firsts=[v["first_ns"] for v in versions],
    )  # fmt: skip
    return {**share(row["stale"], row["known"], row["squared"]), "trace_ids": row["trace_ids"]}


_NOTHING: Row = {
    "retrievals": 0, "traces": 0, "empty": 0.0, "counted": 0.0, "counted_2": 0.0, "found": 0.0, "empty_traces": [],
    **{f"{of}_{part}": 0.0 for of in ("top", "gap") for part in ("sum", "known", "traces", "yy", "xx", "xy")},
}  # fmt: skip
