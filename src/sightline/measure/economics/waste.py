"""Money that bought nothing: by kinds, each with what it means, how it was found, and the traces to look at."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sightline.measure.asking import Asked, Json, number, ratio
from sightline.measure.economics.asking import Rows, rows_of, statement
from sightline.measure.economics.prompts import MOST_BYTES, SETTINGS, Prompts, newest_prompts
from sightline.query import EARLIEST_NS, UNITS_NS, Reader, Row, Window, one_of

_TRACES = 10
_MOST_CALLS = 20_000

HOW_ADDED = (
    "A call counts once, as the first that fits of: failed requests, retries, abandoned streams, repeated requests, output cut off; of a "
    "call that is none of these, documents never cited. System instructions and contexts nearly full are not in the sum."
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """`filter` selects its calls; None where the filter language can't say what they are: then it names the dearest traces."""

    kind: str
    title: str
    meaning: str
    how: str
    filter: str | None = None
    estimate: bool = False
    added: bool = True


_KINDS = (
    _Kind(
        "failed_requests",
        "Failed requests",
        "Calls that were paid for in requests whose root ended in an error.",
        "The cost of every priced call in a trace whose root has status error.",
        "root.status = error",
    ),
    _Kind(
        "retries",
        "Retries",
        "Calls whose answer was thrown away for another attempt or another model.",
        "The cost of calls that a later attempt beside them, or a fallback, stands in for; that includes the input that was sent again. A "
        "failed call that its provider did not bill has no cost and adds nothing.",
        "attempt > 1 or fallback_of is not null",
    ),
    _Kind(
        "abandoned_streams",
        "Abandoned streams",
        "Streamed answers that nobody waited for.",
        "The cost of streamed calls that were cancelled, or that ended in an error without a finish reason.",
        "streamed = true and (error_type = cancelled or (finish_reason is null and status = error))",
    ),
    _Kind(
        "repeated_requests",
        "Repeated requests",
        "The same question put to the same model again within a day: a cache would have answered.",
        "Calls with the same model, prompt, temperature and limit on output as a call that succeeded in the 24 hours before; the first is "
        "not counted. Answers that were meant to differ (several samples of one prompt) are in it.",
    ),
    _Kind(
        "truncated_output",
        "Output cut off",
        "Answers that ran into the limit on output tokens.",
        "The output cost of calls with finish_reason length.",
        "finish_reason = length",
    ),
    _Kind(
        "uncited_documents",
        "Documents never cited",
        "Retrieved text that was sent to the model and left no trace in the answer.",
        "Documents of the request's retrieval and rerank spans whose text stands in the prompt, and of which neither the id nor a passage "
        "of 63 bytes stands in an answer: their part of the prompt's bytes × the call's price of input. A document that the answer used in "
        "its own words counts as not cited; tasks in which no document was ever found in an answer are left out.",
        estimate=True,
    ),
    _Kind(
        "system_prompt",
        "System instructions and tools",
        "What every call says again before the user's words: a share to look at, not waste as such.",
        "The bytes of tools and system instructions ÷ those of the prompt × input tokens, less the tokens read from the cache, at the "
        "call's price of input.",
        "kind = llm",
        estimate=True,
        added=False,
    ),
    _Kind(
        "near_full_context",
        "Contexts nearly full",
        "Calls whose input fills over nine tenths of what the model can read: the next turn may fail.",
        "Calls with more input tokens than 90 % of the context in the price list; their whole cost.",
        added=False,
    ),
)

_OF_INPUT = {"system_prompt", "uncited_documents"}  # a share of the tokens that were sent, not of the money


async def waste(reader: Reader, asked: Asked) -> dict[str, Json]:
    """The answer of GET /economics/waste."""
    scene = asked.scene
    rows = rows_of("calls", asked, scene.window)
    # Repeats are looked for among the calls of the day before, too.
    day = rows_of("calls", asked, Window(max(EARLIEST_NS, scene.window.from_ns - UNITS_NS["d"]), scene.window.to_ns))
    total, found = await asyncio.gather(rows.ask(reader, "spend", rows=2), newest_prompts(reader, day, calls=_MOST_CALLS))
    spent = number(total[0]["cost_usd"]) if total else None
    priced = {"cacheable": statement("cacheable", calls=rows.sql, rules=statement("rules"))}
    by_kind, full = await asyncio.gather(_by_kind(reader, day, found), rows.ask(reader, "near_full", parts=priced))
    made = {row["kind"]: row for row in by_kind} | {"near_full_context": full[0]}
    kinds = [_shown(kind, made.get(kind.kind) or {}, spent) for kind in _KINDS]
    added = [number(row["first_usd"]) for row in by_kind if row["kind"] != "system_prompt"]
    return {
        "window": asked.windows()["window"],
        "spend_usd": spent,
        "waste_usd": sum(usd for usd in added if usd is not None) if any(usd is not None for usd in added) else None,
        "how_added": HOW_ADDED,
        "kinds": kinds,
        "assumptions": _left_out(found),
    }


async def _by_kind(reader: Reader, rows: Rows, found: Prompts) -> list[Row]:
    """What prompts say is read once, and every call looked at once."""
    retrieved = statement("retrieved", received=found.received)
    given = {
        **found.given,
        "read_prompts": statement("read_prompts", prompts=found.of(), retrieved=retrieved),
        "flagged": statement("flagged", calls=rows.sql, roots=rows.window, repeats=statement("repeats")),
    }
    params = {**rows.params, "newest": found.newest, "most_bytes": MOST_BYTES}
    return await reader.rows(statement("waste"), params, settings=SETTINGS, given=given)


def _shown(kind: _Kind, row: Mapping[str, Any], spent: float | None) -> dict[str, Json]:
    trace_ids = list(dict.fromkeys(trace_id for _, trace_id in row.get("dearest", ())))[:_TRACES]
    calls = row.get("calls") or 0
    usd = number(row.get("usd")) if calls else None if spent is None else 0.0
    return {
        "kind": kind.kind,
        "title": kind.title,
        "meaning": kind.meaning,
        "usd": usd,
        "calls": number(calls),
        "requests": number(row.get("requests")) or 0,
        "share": number(row.get("share")) if kind.kind in _OF_INPUT else ratio(usd, spent),
        "estimate": kind.estimate,
        "added": kind.added,
        "how": kind.how,
        "filter": kind.filter if kind.filter is not None else one_of("trace_id", trace_ids) if trace_ids else None,
        "trace_ids": trace_ids,
    }


def _left_out(found: Prompts) -> Sequence[str]:
    if found.read >= found.in_window:
        return []
    return [
        f"Repeated requests, uncited documents and system instructions were looked for in the newest {found.read:,.0f} of "
        f"{found.in_window:,.0f} calls."
    ]
