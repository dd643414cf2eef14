"""What failed: errors where they began, by groups and over time; and failures that nobody reported."""

import asyncio
from typing import Any

from sightline.errors import QueryTooLargeError
from sightline.facts import ERROR_TYPES, SILENT_FAILURES
from sightline.measure.asking import Asked, Json, number, ratio, shown
from sightline.measure.reliability.asking import Spans, spans_of, tally, width_of
from sightline.query import Reader, Row, both, parse_width, quoted, rfc3339

OTHER = "(other)"
ERRORS_ONLY = "error_origin = true"

_MOST_POINTS = 20_000
_OF_THE_CASE = frozenset({"error_type", "error_origin", "status", "status_message", "silent_failure", "http_status"})
"""Facts that a case has because it is one: a rate among those who have them says nothing."""

MEANINGS = {
    "empty_output": "The model answered nothing: no text, no tool call.",
    "refusal": "The model or its provider's filter would not answer.",
    "malformed_json": "JSON was asked for, and the answer is none.",
    "malformed_arguments": "The model called a tool with arguments that are no JSON.",
    "cut_off": "The answer ends at the token limit.",
    "tool_error_ignored": "A tool failed, nothing made up for it, and the request ended well.",
    "no_documents": "A search found nothing.",
}


async def errors(reader: Reader, asked: Asked, *, interval: str | None, limit: int) -> dict[str, Json]:
    """The answer of GET /reliability/errors. Raises what a filter, a group or an interval that can't be raises."""
    grouped = spans_of(asked)
    (totals,) = await spans_of(Asked(asked.scene, asked.filter)).ask(reader, "totals")
    width = width_of(asked, interval, totals)
    groups, messages = await asyncio.gather(
        grouped.ask(reader, "groups", parts=_cases(asked, "origin"), rows=limit), grouped.ask(reader, "messages", rows=20)
    )
    return {
        "window": shown(asked.scene.window),
        "total": _total(totals),
        "interval": width,
        "groups": [_group(grouped, asked, row, totals["errors"], ERRORS_ONLY) for row in groups],
        "more_groups": _more(groups),
        "series": await _series(reader, grouped, width, groups, "origin"),
        "messages": [_message(row) for row in messages],
    }


async def silent_failures(reader: Reader, asked: Asked, *, interval: str | None, limit: int) -> dict[str, Json]:
    """The answer of GET /reliability/silent-failures. Raises as `errors`."""
    grouped = spans_of(asked)
    by_kind = spans_of(Asked(asked.scene, asked.filter, ["silent_failure"]))
    (totals,) = await spans_of(Asked(asked.scene, asked.filter)).ask(reader, "totals")
    width = width_of(asked, interval, totals)
    case = "silent_failure IS NOT NULL"
    groups, kinds = await asyncio.gather(
        grouped.ask(reader, "groups", parts=_cases(asked, case), rows=limit),
        by_kind.ask(reader, "groups", parts={"case": case, "only": case}, rows=len(SILENT_FAILURES)),
    )
    found = {row["texts"][0]: row for row in kinds}
    return {
        "window": shown(asked.scene.window),
        "total": _total(totals),
        "interval": width,
        "kinds": [_kind(name, found.get(name), totals) for name in SILENT_FAILURES],
        "groups": [_group(grouped, asked, row, totals["silent_failures"], "silent_failure is not null") for row in groups],
        "more_groups": _more(groups),
        "series": await _series(reader, by_kind, width, kinds, case),
    }


def _cases(asked: Asked, case: str) -> dict[str, str]:
    """What is counted, and what has to be read for it: all of a group only where its cases have a rate."""
    return {"case": case, "only": case if _OF_THE_CASE & set(asked.group_by) else "1"}


def _total(row: Row) -> dict[str, Json]:
    return {
        "spans": number(row["spans"]),
        "requests": number(row["requests"]),
        "failed_requests": tally(row["failed_requests"], row["requests"], row["requests_squared"]),
        "errors": number(row["errors"]),
        "traces_with_errors": row["traces_with_errors"],
        "silent_failures": number(row["silent_failures"]),
        "traces_with_silent_failures": row["traces_with_silent_failures"],
    }


def _group(spans: Spans, asked: Asked, row: Row, all_cases: float, only: str) -> dict[str, Json]:
    said = spans.grouping.filter(row["texts"], row["kinds"])
    meaningful = not _OF_THE_CASE & set(asked.group_by)
    return {
        "group": list(row["texts"]),
        "cases": number(row["cases"]),
        "traces": row["traces"],
        "share": ratio(row["cases"], all_cases),
        "rate": tally(row["cases"], row["spans"], row["squared"]) if meaningful else None,
        "last": rfc3339(row["last_ns"]),
        "trace_ids": row["trace_ids"],
        "filter": None if said is None else both([said, only]),
    }


def _more(groups: list[Row]) -> int:
    return int(groups[0]["group_count"]) - len(groups) if groups else 0


def _kind(name: str, row: Row | None, judged: dict[str, Any]) -> dict[str, Json]:
    """A kind with its share of the spans that could have had it: answers of models, calls of tools, searches."""
    among = {"tool_error_ignored": "tools", "no_documents": "retrievals"}.get(name, "calls")
    cases = 0 if row is None else row["cases"]
    return {
        "kind": name,
        "meaning": MEANINGS[name],
        "cases": number(cases),
        "traces": 0 if row is None else row["traces"],
        "among": among,
        "rate": tally(cases, judged[among], judged[f"{among}_squared"]),
        "trace_ids": [] if row is None else row["trace_ids"],
        "filter": f"silent_failure = {name}",
    }


async def _series(reader: Reader, spans: Spans, width: str, groups: list[Row], case: str) -> list[dict[str, Json]]:
    known = {row["group_key"]: list(row["texts"]) for row in groups[:10]}
    points = await spans.ask(reader, "series", parts={"case": case}, width=parse_width(width), top=list(known), rows=_MOST_POINTS + 1)
    if len(points) > _MOST_POINTS:
        raise QueryTooLargeError(f"The series would have over {_MOST_POINTS:,} points: give a wider interval.")
    return [
        {
            "time": rfc3339(point["time"] * parse_width(width)),
            "group": known.get(point["top_key"], [OTHER]),
            "cases": number(point["cases"]),
        }
        for point in points
    ]


def _message(row: Row) -> dict[str, Json]:
    known = row["error_type"] in ERROR_TYPES
    example = row["example"]
    is_type = f"error_type = {row['error_type']}" if known else "error_type is null"
    said = "status_message is null" if example is None else f"status_message like {quoted(_pattern(row['message']))}"
    return {
        "error_type": row["error_type"],
        "message": row["message"] or None,
        "example": example,
        "cases": number(row["cases"]),
        "traces": row["traces"],
        "stages": list(row["stages"]),
        "models": list(row["models"]),
        "first": rfc3339(row["first_ns"]),
        "last": rfc3339(row["last_ns"]),
        "trace_ids": row["trace_ids"],
        "filter": both([is_type, said, ERRORS_ONLY]),
    }


def _pattern(message: str) -> str:
    """What the filter language matches the messages by that became this one: each '#' stands for anything."""
    escaped = message.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("#", "%") + "%"
