"""Time lost to retries and back-off, to rate limits and to fallbacks, and what the percentiles would be without it."""

import asyncio
from dataclasses import replace

from sightline.measure.asking import Json, number, ratio, shown
from sightline.measure.latency.asking import LEVELS, NAMES, Asked, manner_of, statement
from sightline.measure.latency.asking import enough as _enough
from sightline.query import Binder, Reader, Row, Subject, Window, both, quoted

_LOOKED_AFTER_NS = 24 * 3600 * 10**9


async def lost(reader: Reader, asked: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /latency/lost. Raises what a filter that can't be raises."""
    asked = replace(asked, of="requests", measure="duration_ns")
    window = asked.scene.window
    binder = Binder({"project": asked.scene.project})
    subject = Subject("traces", asked.scene, binder, settled=True)
    requests = statement("requests", source=subject.source(asked.filter), sampled="1")
    failed = statement("lost", requests=requests, near=binder.spans_in(Window(window.from_ns, window.to_ns + _LOOKED_AFTER_NS)))
    manner = await manner_of(reader, asked)
    params = {**binder.params, "every": 1}
    parts = {"with_loss": manner.quantiles(), "without_loss": manner.quantiles().replace("v.value", "(v.value - v.lost)")}
    (total,), groups = await asyncio.gather(
        reader.rows(statement("lost_total", requests=requests, lost=failed, **parts), params),
        reader.rows(statement("lost_groups", lost=failed), {**params, "rows": limit}),
    )
    n = total["n"]
    return {
        "window": shown(window),
        **manner.shown(),
        "n": n,
        "requests": number(total["requests"]),
        "requests_with": number(total["requests_with"]),
        **{name: number(total[name] or 0) for name in ("lost_ns", "failed_ns", "backoff_ns", "rate_limited_ns", "fallback_ns")},
        "share": number(ratio(total["lost_ns"], total["duration_ns"])),
        "enough": _enough(n),
        "now": _quantiles(total["q"] if n else None),
        "without": _quantiles(total["without"] if n else None),
        "groups": [_group(row, total["lost_ns"]) for row in groups],
    }


def _quantiles(values: list[float] | None) -> dict[str, Json]:
    return dict(zip(NAMES, [None] * len(LEVELS) if values is None else [number(value) for value in values], strict=True))


def _group(row: Row, lost_ns: float) -> dict[str, Json]:
    took = row["failed_ns"] + row["backoff_ns"]
    known = [("stage", row["stage"]), ("model", row["model"]), ("error_type", row["error_type"])]
    texts = [f"{name} is null" if value is None else f"{name} = {quoted(value)}" for name, value in known]
    return {
        "stage": row["stage"],
        "model": row["model"],
        "error_type": row["error_type"],
        "then": row["then"],
        "calls": number(row["calls"]),
        "requests": row["requests"],
        "lost_ns": number(took),
        "failed_ns": number(row["failed_ns"]),
        "backoff_ns": number(row["backoff_ns"]),
        "p95_ns": number(row["p95_ns"]),
        "max_ns": number(row["max_ns"]),
        "share": number(ratio(took, lost_ns)),
        "filter": both([*texts, "status = error", "kind = llm"]),
    }
