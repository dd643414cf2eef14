"""The engine's rows → the API's objects, as plain dicts that fit `serve/models.py`, and their JSON.

Pydantic models of 50,000 spans take seconds to build; orjson writes the same dicts in a fraction of one. A test holds the dicts
against the models.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import orjson
from fastapi import Response

from sightline.facts import Content, read_content
from sightline.query import Row, SpanRows, TraceRows, as_datetime

Json = Any

_DEEPEST = 200


def answer(value: Json, *, status: int = 200) -> Response:
    """A JSON response. NaN and infinities become text, half a surrogate pair stays an escape."""
    return Response(encoded(value), status, media_type="application/json")


def encoded(value: Json) -> bytes:
    """JSON as bytes; what orjson refuses (huge integers, lone surrogates, deep nesting) goes the slow way round."""
    try:
        return orjson.dumps(value, option=orjson.OPT_UTC_Z)
    except (TypeError, RecursionError):
        return json.dumps(_tame(value, 0), separators=(",", ":")).encode()


def summary(row: Row) -> dict[str, Json]:
    """TraceSummary."""
    start_ns = row["start_ns"]
    return {
        **row,
        "start": as_datetime(start_ns),
        "start_ns": str(start_ns),
        "cost_usd": _number(row["cost_usd"]),
        "revenue_usd": _number(row["revenue_usd"]),
    }


def span(row: Row) -> dict[str, Json]:
    """Span: every fact under its name."""
    start_ns = row["start_ns"]
    found = {name: _number(value) if isinstance(value, float) else value for name, value in row.items()}
    found["start"], found["start_ns"] = as_datetime(start_ns), str(start_ns)
    found["received"] = as_datetime(found.pop("received_ns"))
    return found


def trace_detail(rows: TraceRows) -> dict[str, Json]:
    """TraceDetail. What belongs to the trace alone (its scores, its log records) is shown with its root."""
    if rows.truncated:
        spans = [{**span(row), **_NOTHING_MORE} for row in rows.spans]
        return {**summary(rows.summary), "spans": spans, "truncated": True}
    known = {row["span_id"] for row in rows.spans}
    roots = [row["span_id"] for row in rows.spans if row["parent_span_id"] is None]
    root = next(iter([*roots, *known]), "")
    payloads, events, scores = (_by_span(part, known, root) for part in (rows.payloads, rows.events, rows.scores))
    whole = {
        row["span_id"]: SpanRows(
            row, payloads=payloads.get(row["span_id"], []), events=events.get(row["span_id"], []), scores=scores.get(row["span_id"], [])
        )
        for row in rows.spans
    }
    spans = [span_detail(replace(one, wrapper=whole.get(one.span["wrapper_span_id"] or ""))) for one in whole.values()]
    return {**summary(rows.summary), "spans": spans, "truncated": False}


def span_detail(rows: SpanRows) -> dict[str, Json]:
    """SpanDetail: facts, and everything else that the sender said."""
    row = dict(rows.span)
    attributes = _attributes(row)
    for payload in rows.payloads:
        attributes.update(payload["content"])
    resource = {**row.pop("resource_string"), **_parsed_values(row.pop("resource_other"))}
    scope = {
        "name": row.pop("scope_name"),
        "version": row.pop("scope_version"),
        "attributes": _parsed_values(row.pop("scope_other")),
    }
    links = _parsed(row.pop("links") or "[]")
    row["start_sent_ns"] = str(row["start_sent_ns"])
    events = [_event(event) for event in rows.events]
    return {
        **span(row),
        "attributes": attributes,
        "resource": resource,
        "scope": scope,
        "content": _content(rows, attributes, events),
        "events": events,
        "links": links if isinstance(links, list) else [],
        "scores": [_score(score) for score in rows.scores],
    }


def _content(rows: SpanRows, attributes: Mapping[str, Json], events: list[dict[str, Json]]) -> Content:
    """What went in and came out; what only the wrapper of a call says is taken from there."""
    found = read_content(attributes, events, rows.span["kind"])
    if rows.wrapper is None:
        return found
    row = dict(rows.wrapper.span)
    said = _attributes(row)
    for payload in rows.wrapper.payloads:
        said.update(payload["content"])
    # read as the call that it wraps, whose kind it had
    wrapped = read_content(said, [_event(event) for event in rows.wrapper.events], rows.span["kind"])
    missing = {f.name: getattr(wrapped, f.name) for f in fields(Content) if not getattr(found, f.name)}
    return replace(found, **missing)


_NOTHING_MORE: Mapping[str, Json] = {
    "attributes": {},
    "resource": {},
    "scope": {},
    "content": {},
    "events": [],
    "links": [],
    "scores": [],
}


def _by_span(rows: Iterable[Row], known: set[str], root: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["span_id"] if row["span_id"] in known else root, []).append(row)
    return found


def _event(row: Row) -> dict[str, Json]:
    return {
        "time": as_datetime(row["clamped_ns"]),
        "time_ns": str(row["time_ns"]),
        "name": row["name"],
        "source": row["source"],
        "severity": row["severity"] or None,
        "body": _parsed(row["body"]) if row["body"] else None,
        "attributes": _attributes(dict(row)),
    }


def _score(row: Row) -> dict[str, Json]:
    found = {name: (value if value != "" else None) for name, value in row.items() if name not in ("span_id", "received_ns")}
    return {**found, "value": _number(row["value"]), "received": as_datetime(row["received_ns"])}


def score_row(row: Row) -> dict[str, Json]:
    """ScoreRow."""
    found = {name: (None if value == "" else value) for name, value in row.items()}
    found["start"], found["start_ns"] = as_datetime(row["start_ns"]), str(row["start_ns"])
    found["received"] = as_datetime(row["received_ns"])
    del found["received_ns"]
    return found


def _attributes(row: Row) -> dict[str, Json]:
    """The typed maps as one; takes them out of the row."""
    return {
        **row.pop("attr_string"),
        **row.pop("attr_int"),
        **{key: _number(value) for key, value in row.pop("attr_double").items()},
        **row.pop("attr_bool"),
        **_parsed_values(row.pop("attr_other")),
    }


def _parsed_values(texts: Mapping[str, str]) -> dict[str, Json]:
    return {key: _parsed(text) for key, text in texts.items()}


def _parsed(text: str) -> Json:
    """JSON text parsed; text that does not parse stays text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _number(value: float | None) -> Json:
    """JSON has no NaN and no infinities: they are sent as text."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _tame(value: Json, depth: int) -> Json:
    """The same value without what JSON writers stumble over."""
    if depth > _DEEPEST:
        return "(nested too deeply)"
    match value:
        case bool() | int() | str() | None:
            return value
        case float():
            return _number(value)
        case Mapping():
            return {str(key): _tame(item, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [_tame(item, depth + 1) for item in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return _tame({field.name: getattr(value, field.name) for field in fields(value)}, depth)
