"""The content of many spans at once: what was asked, answered and found, in the words of `facts.content`."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sightline.facts import Content, read_content
from sightline.query.binder import Binder, buckets
from sightline.query.reader import Reader, Row
from sightline.query.statements import statement
from sightline.query.times import UNITS_NS, Window

PICKED = "trace_id, span_id, kind, toUnixTimestamp64Nano(start) AS start_ns, toUnixTimestamp64Nano(received) AS received_ns"
"""The columns that a picked span needs to be read."""

_AT_ONCE = 500
_MOST_EVENTS = 100_000
_LOGS_NS = UNITS_NS["h"]


@dataclass(frozen=True, slots=True)
class SpanContent:
    """`span` as it was picked, and what it held; `attributes` are all that it said, its large content among them."""

    span: Row
    content: Content
    attributes: Mapping[str, Any]


async def read_contents(reader: Reader, project: str, picked: Sequence[Row]) -> list[SpanContent]:
    """The content of spans, in their order; those that are gone are left out. picked: rows with the columns PICKED."""
    found: list[SpanContent] = []
    # in the order of time, so that a piece's window is narrow
    order = sorted(range(len(picked)), key=lambda i: picked[i]["start_ns"])
    for first in range(0, len(order), _AT_ONCE):
        found += await _piece(reader, project, [picked[i] for i in order[first : first + _AT_ONCE]])
    place = {(row["trace_id"], row["span_id"]): i for i, row in enumerate(picked)}
    return sorted(found, key=lambda one: place[one.span["trace_id"], one.span["span_id"]])


async def _piece(reader: Reader, project: str, picked: Sequence[Row]) -> list[SpanContent]:
    binder = Binder({"project": project})
    starts, received = [row["start_ns"] for row in picked], [row["received_ns"] for row in picked]
    window = binder.spans_in(Window(min(starts), max(starts) + 1))
    params = {
        **binder.params,
        "trace_ids": sorted({row["trace_id"] for row in picked}),
        "span_ids": sorted({row["span_id"] for row in picked}),
        "rows": _MOST_EVENTS,
    }
    whole = _between("w", min(received), max(received))
    logged = _between("l", min(received) - _LOGS_NS, max(received) + 24 * _LOGS_NS)
    rows, events = await asyncio.gather(
        reader.rows(statement("contents", window=window, received=whole[0]), {**params, **whole[1]}),
        reader.rows(statement("contents_events", received=logged[0]), {**params, **logged[1]}),
    )
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for event in events:
        said.setdefault((event["trace_id"], event["span_id"]), []).append(
            {"name": event["name"], "body": _parsed(event["body"]) if event["body"] else None, "attributes": _attributes(event)}
        )
    by_id = {(row["trace_id"], row["span_id"]): row for row in rows}
    found = []
    for span in picked:
        id_ = (span["trace_id"], span["span_id"])
        if id_ in by_id:
            attributes = _attributes(by_id[id_]) | dict(by_id[id_]["content"] or {})
            found.append(SpanContent(span, read_content(attributes, said.get(id_, []), span["kind"]), attributes))
    return found


def _between(name: str, first_ns: int, last_ns: int) -> tuple[str, dict[str, object]]:
    low, high = f"fromUnixTimestamp64Nano({{{name}0:Int64}}, 'UTC')", f"fromUnixTimestamp64Nano({{{name}1:Int64}}, 'UTC')"
    sql = f"{buckets('received', '>=', low)} AND {buckets('received', '<=', high)}"
    return sql, {f"{name}0": first_ns, f"{name}1": last_ns}


def _attributes(row: Row) -> dict[str, Any]:
    others = {key: _parsed(text) for key, text in row["attr_other"].items()}
    return {**row["attr_string"], **row["attr_int"], **row["attr_double"], **row["attr_bool"], **others}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
