"""What caches saved: the provider's prompt cache by tokens and requests, its writes against its reads, and the application's own cache."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sightline.errors import QueryTooLargeError
from sightline.measure.asking import Asked, Json, number, ratio
from sightline.measure.economics.asking import Rows, now_and_before, paired, rows_of, span_of, statement, width_for
from sightline.query import LATEST_NS, Binder, Reader, Row, Scene, Window, parse_width, rfc3339

_MOST_POINTS = 50_000
_PLAIN = (
    "calls", "hits", "silent_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_usd", "saved_usd",
    "write_premium_usd",
)  # fmt: skip


async def cache(reader: Reader, asked: Asked, *, interval: str | None, lifetime_ns: int, limit: int) -> dict[str, Json]:
    """The answer of GET /economics/cache."""
    if interval is not None:
        parse_width(interval)
    total, grouped = rows_of("calls", replace(asked, group_by=()), asked.both), rows_of("calls", asked, asked.both)
    within = rows_of("calls", asked, asked.scene.window)
    (extent,) = await within.ask(reader, "extent")
    width = interval or width_for(asked, extent)
    everything, groups, series, unread, unread_groups, own = await asyncio.gather(
        total.ask(reader, "cache", parts=_cacheable(total), rows=2),
        grouped.ask(reader, "cache", parts=_cacheable(grouped), rows=2 * limit + 2),
        within.ask(reader, "cache_series", parts=_cacheable(within), width=parse_width(width), rows=_MOST_POINTS + 1),
        _unread(reader, replace(asked, group_by=()), lifetime_ns),
        _unread(reader, asked, lifetime_ns),
        rows_of("spans", replace(asked, group_by=()), asked.both).ask(reader, "application_cache"),
    )
    if len(series) > _MOST_POINTS:
        raise QueryTooLargeError(f"The series would have over {_MOST_POINTS:,} points: give a wider interval.")
    now, before = now_and_before(everything)
    return {
        **asked.windows(),
        "provider": _cache(now, unread),
        "previous_provider": None if asked.previous is None else _cache(before, unread),
        "provider_groups": [
            {
                "group": list(there["texts"]),
                "now": _cache(current, unread_groups),
                "before": None if asked.previous is None else _cache(earlier, unread_groups),
                "filter": grouped.grouping.filter(there["texts"], there["kinds"]),
            }
            for current, earlier in paired(groups)[:limit]
            if (there := current or earlier) is not None
        ],
        "limit": limit,
        "more_groups": max(0, (groups[0]["group_count"] if groups else 0) - limit),
        "interval": width,
        "series": [
            {"time": rfc3339(point["time"] * parse_width(width)), **_rates(point), "saved_usd": number(point["saved_usd"])}
            for point in series
        ],
        "application": {
            **_application(row for row in own if row["is_now"]),
            "previous": None if asked.previous is None else _application(row for row in own if not row["is_now"]),
        },
        "assumptions": [
            "A call that says nothing of the cache counts as a miss, unless none of them says anything: then the rate is unknown.",
            f"A write counts as read when a later call with the same model and prompt read anything from the cache within "
            f"{span_of(lifetime_ns)}: what unread writes cost is the least that it can be. Younger writes are not judged yet.",
        ],
    }


def _cacheable(rows: Rows) -> dict[str, str]:
    return {"cacheable": statement("cacheable", calls=rows.sql, rules=statement("rules"))}


async def _unread(reader: Reader, asked: Asked, lifetime_ns: int) -> dict[tuple[int, bool], float | None]:
    """(group_key, is_now) → what was spent on writes that nobody read."""
    window, scene = asked.scene.window, asked.scene
    reaching = Window(asked.both.from_ns, min(window.to_ns + lifetime_ns, LATEST_NS))
    rows = rows_of("spans", asked, asked.both)
    binder: Binder = rows.binder
    found = await reader.rows(
        statement(
            "unread_writes",
            groups=rows.grouping.columns,
            filter=asked.filter.on_spans(Scene(scene.project, asked.both, scene.now_ns), binder),
            window=binder.spans_in(reaching),
            to=binder.time(window.to_ns),
            judged=binder.time(max(0, scene.now_ns - lifetime_ns)),
            **{"from": binder.time(window.from_ns)},
        ),
        {**binder.params, "lifetime_ns": lifetime_ns},
    )
    return {(row["group_key"], bool(row["is_now"])): row["usd"] for row in found}


def _rates(row: Mapping[str, Any]) -> dict[str, Json]:
    """A provider that never says anything of its cache has no known rate."""
    if row["calls"] == row["silent_calls"]:
        return {"hit_rate_tokens": None, "hit_rate_requests": None}
    return {
        "hit_rate_tokens": ratio(row["cache_read_tokens"] or 0, row["input_tokens"]),
        "hit_rate_requests": ratio(row["hits"], row["calls"]),
    }


def _cache(row: Row | None, unread: Mapping[tuple[int, bool], float | None]) -> dict[str, Json]:
    if row is None:
        return _cache(_NOTHING, {})
    said = {name: number(row[name]) for name in _PLAIN}
    spent_on_writes = said["cache_write_tokens"] is not None
    return {
        **said,
        "misses": said["calls"] - said["hits"],
        **_rates(row),
        "saved_how": _saved_how(row),
        "reads_per_write": ratio(said["cache_read_tokens"] or 0, said["cache_write_tokens"]),
        "break_even_reads": number(_break_even(row)),
        "unread_write_usd": number(unread.get((row["group_key"], bool(row["is_now"])), 0.0)) if spent_on_writes else None,
    }


_NOTHING: Row = {
    "group_key": 0, "is_now": True, "calls": 0, "hits": 0, "silent_calls": 0, "input_tokens": None, "cache_read_tokens": None,
    "cache_write_tokens": None, "cache_write_usd": None, "saved_usd": None, "saved_tokens": 0, "hits_by_list": 0, "hits_unpriced": 0,
    "write_premium_usd": None, "premium_tokens": 0, "premium_comparable_usd": None, "written_saving_usd": None,
}  # fmt: skip


def _break_even(row: Row) -> float | None:
    """The premium of a written token ÷ the saving of a read one: by the prices of the very calls, else by what reads saved elsewhere."""
    own = ratio(row["premium_comparable_usd"], row["written_saving_usd"])
    if own is not None:
        return own
    return ratio(ratio(row["write_premium_usd"], row["premium_tokens"]), ratio(row["saved_usd"], row["saved_tokens"]))


def _saved_how(row: Row) -> str:
    if not row["hits"]:
        return "Nothing was read from the cache."
    said = ["Read tokens × the uncached price, less what the reads cost; the uncached price is that of the same call's uncached tokens"]
    if row["hits_by_list"]:
        said.append(f", of the price list for {number(row['hits_by_list'])} calls that had none")
    if row["hits_unpriced"]:
        said.append(f"; {number(row['hits_unpriced'])} calls without a price are left out")
    return "".join(said) + "."


def _application(rows: Iterable[Row]) -> dict[str, Json]:
    """Summed over tasks: where no request says that it missed, all requests of a task with a hit had looked."""
    lookups = hits = 0.0
    saved: float | None = None
    assumed = False
    for row in rows:
        said = row["misses_said"] > 0
        assumed |= not said
        hits += row["hits"]
        lookups += row["hits"] + row["misses_said"] if said else row["requests"]
        dear, cheap = row["miss_usd"] if said else row["other_usd"], row["hit_usd"]
        if row["hits"] and number(dear) is not None and number(cheap) is not None:
            saved = (saved or 0) + row["hits"] * max(0.0, dear - cheap)
    how = "Requests answered by the application's own cache × what a request of the same task cost without it, less what they still cost."
    if assumed:
        how += " Where no request says that it missed, every request of the task is taken to have looked."
    return {
        "lookups": number(lookups),
        "hits": number(hits),
        "misses": number(lookups - hits),
        "hit_rate": ratio(hits, lookups),
        "saved_usd": number(saved),
        "saved_estimate": how,
    }
