"""One trace, or one span of it, by id: found through the index of times, then read whole by primary key."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sightline.errors import NotFoundError
from sightline.query.binder import Binder, buckets
from sightline.query.columns import ALL_TRACES, SETTLED_TRACES, SPAN_COLUMNS, SPAN_DETAIL_COLUMNS, TRACE_COLUMNS
from sightline.query.reader import ONE_THREAD, Reader, Row
from sightline.query.statements import statement
from sightline.query.times import UNITS_NS, Window

# A trace with more spans is answered without attributes, content and events.
WHOLE_SPANS = 2_000

_MOST_SPANS = 1_000_000
_MOST_EVENTS = 100_000

# Log records of a trace may arrive before its first span and long after its last.
_LOGS_NS = UNITS_NS["h"]


@dataclass(frozen=True, slots=True)
class TraceRows:
    """A trace as the engine gives it. `payloads`, `events` and `scores` name their span; scores of the trace have ''."""

    summary: Row
    spans: list[Row]
    payloads: list[Row]
    events: list[Row]
    scores: list[Row]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class SpanRows:
    """A span as the engine gives it; `wrapper` is the span of another instrumentation that tells of the same call."""

    span: Row
    payloads: list[Row]
    events: list[Row]
    scores: list[Row]
    wrapper: "SpanRows | None" = None


async def read_trace(reader: Reader, project: str, trace_id: str) -> TraceRows:
    """A trace whole; above WHOLE_SPANS spans only with their facts, `truncated`. Raises NotFoundError."""
    about = await _about(reader, project, trace_id)
    summaries, spans, payloads, events, scores = await asyncio.gather(
        about.summary(reader, SETTLED_TRACES),
        about.ask(reader, "trace_spans", columns=SPAN_DETAIL_COLUMNS, window=about.started, span="1", most=WHOLE_SPANS + 1),
        about.ask(reader, "trace_payloads", received=about.received, span="1", most=WHOLE_SPANS + 1),
        about.ask(reader, "trace_events", received=about.logged, span="1", most=_MOST_EVENTS),
        about.ask(reader, "trace_scores"),
    )
    summaries = summaries or await about.summary(reader, ALL_TRACES)
    if not summaries or not spans:
        raise _no_trace(project, trace_id)
    if len(spans) <= WHOLE_SPANS:
        return TraceRows(summaries[0], spans, payloads, events, scores)
    spans = await about.ask(reader, "trace_spans", columns=SPAN_COLUMNS, window=about.started, span="1", most=_MOST_SPANS)
    return TraceRows(summaries[0], spans, [], [], [], truncated=True)


async def read_span(reader: Reader, project: str, trace_id: str, span_id: str) -> SpanRows:
    """A span whole. Raises NotFoundError."""
    about = await _about(reader, project, trace_id)
    found = await _read_span(reader, about, span_id)
    if found is None:
        raise NotFoundError(f"No span {span_id!r} in trace {trace_id!r} of project {project!r}.")
    wrapper_id = found.span["wrapper_span_id"]
    return replace(found, wrapper=await _read_span(reader, about, wrapper_id)) if wrapper_id else found


async def _read_span(reader: Reader, about: "_About", span_id: str) -> SpanRows | None:
    span = f"span_id = {about.binder.text(span_id.lower())}"
    spans, payloads, events, scores = await asyncio.gather(
        about.ask(reader, "trace_spans", columns=SPAN_DETAIL_COLUMNS, window=about.started, span=span, most=1),
        about.ask(reader, "trace_payloads", received=about.received, span=span, most=_MOST_EVENTS),
        about.ask(reader, "trace_events", received=about.logged, span=span, most=_MOST_EVENTS),
        about.ask(reader, "trace_scores"),
    )
    if not spans:
        return None
    return SpanRows(spans[0], payloads, events, [score for score in scores if score["span_id"] == spans[0]["span_id"]])


async def trace_window(reader: Reader, project: str, trace_id: str) -> Window:
    """When its spans began, the last one included. Raises NotFoundError."""
    found = await reader.rows(statement("trace_times"), {"project": project, "trace_id": trace_id.lower()}, settings=ONE_THREAD)
    if not found:
        raise _no_trace(project, trace_id)
    return Window(found[0]["min_start_ns"], found[0]["max_start_ns"] + 1)


async def traces_of_spans(reader: Reader, project: str, span_ids: Sequence[str]) -> dict[str, str]:
    """The trace id of each span of a project that is there."""
    rows = await reader.rows(statement("traces_of_spans"), {"project": project, "span_ids": list(span_ids)})
    return {row["span_id"]: row["trace_id"] for row in rows}


@dataclass(frozen=True, slots=True)
class _About:
    """A trace's whereabouts, as conditions."""

    binder: Binder
    started: str
    received: str
    logged: str

    async def summary(self, reader: Reader, traces: str) -> list[Row]:
        return await self.ask(reader, "trace_summary", columns=TRACE_COLUMNS, traces=traces, window=self.started)

    async def ask(self, reader: Reader, name: str, *, most: int = _MOST_EVENTS, **parts: str) -> list[Row]:
        return await reader.rows(statement(name, **parts), {**self.binder.params, "rows": most}, settings=ONE_THREAD)


async def _about(reader: Reader, project: str, trace_id: str) -> _About:
    binder = Binder({"project": project, "trace_id": trace_id.lower()})
    found = await reader.rows(statement("trace_times"), binder.params, settings=ONE_THREAD)
    if not found:
        raise _no_trace(project, trace_id)
    times = found[0]
    first, last = times["min_received_ns"], times["max_received_ns"]
    return _About(
        binder,
        binder.spans_in(Window(times["min_start_ns"], times["max_start_ns"] + 1)),
        _between(binder, first, last),
        _between(binder, first - _LOGS_NS, last + 24 * _LOGS_NS),
    )


def _between(binder: Binder, first_ns: int, last_ns: int) -> str:
    return f"{buckets('received', '>=', binder.time(first_ns))} AND {buckets('received', '<=', binder.time(last_ns))}"


def _no_trace(project: str, trace_id: str) -> NotFoundError:
    return NotFoundError(f"No trace {trace_id!r} in project {project!r}; a trace id is 32 hex digits.")
