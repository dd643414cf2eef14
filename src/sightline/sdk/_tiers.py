"""Content is held until its request ends: errors, slow and flagged requests keep it, ordinary ones at a rate. Facts always go.

A request that is neither ended nor small is let go whole: what can't be decided keeps its content.
"""

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import StatusCode

CONTENT = frozenset(
    {
        "input.value",
        "output.value",
        "sightline.decision",
        "sightline.state",
        "sightline.query",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.tool.definitions",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "gen_ai.retrieval.documents",
        "gen_ai.retrieval.query.text",
        "gen_ai.prompt",
        "gen_ai.completion",
        "tool.parameters",
        "traceloop.entity.input",
        "traceloop.entity.output",
        "exception.stacktrace",
    }
)
CONTENT_PREFIXES = (
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.tools.",
    "llm.prompts.",
    "retrieval.documents.",
    "reranker.",
    "embedding.embeddings.",
    "gen_ai.prompt.",
    "gen_ai.completion.",
)
_DOCUMENTS = "gen_ai.retrieval.documents"
FLAG = "sightline.keep_content"
REASON = "sightline.content_kept"
RATE = "sightline.content_rate"

_REMEMBERED = 4096
_SPACE = 1 << 56


@dataclass(slots=True)
class _Held:
    spans: list[tuple[ReadableSpan, int]] = field(default_factory=list)
    reason: str | None = None


class Tiers:
    """Spans of requests that have not ended. Safe in threads."""

    def __init__(self, rate: float, slow_s: float, most_spans: int) -> None:
        self._rate, self._slow_ns, self._most = rate, int(slow_s * 1e9), most_spans
        self._lock = threading.RLock()  # the garbage collector may end a stream's span while this thread holds it
        self._open: OrderedDict[int, _Held] = OrderedDict()
        self._decided: OrderedDict[int, str | None] = OrderedDict()
        self._count = 0

    def held(self) -> int:
        """How many spans wait for their request's end."""
        return self._count

    def ended(self, span: ReadableSpan, size: int) -> list[tuple[ReadableSpan, int]]:
        """What may go now that this span has ended."""
        told = span.context
        if told is None:
            return [(span, size)]
        trace_id = told.trace_id
        with self._lock:
            if trace_id in self._decided:  # ended after its request
                return self._as_decided([(span, size)], self._decided[trace_id])
            held = self._open.setdefault(trace_id, _Held())
            held.spans.append((span, size))
            self._count += 1
            held.reason = held.reason or _reason(span)
            if span.parent is None or span.parent.is_remote:
                del self._open[trace_id]
                self._count -= len(held.spans)
                reason = held.reason or ("slow" if _took_ns(span) >= self._slow_ns else None) or self._drawn(trace_id)
                self._remember(trace_id, reason)
                return self._as_decided(held.spans, reason)
            if self._count <= self._most:
                return []
            trace_id, oldest = self._open.popitem(last=False)
            self._count -= len(oldest.spans)
            self._remember(trace_id, "undecided")
            return self._as_decided(oldest.spans, "undecided")

    def release(self) -> list[tuple[ReadableSpan, int]]:
        """Everything, for the end: what has not ended keeps its content."""
        with self._lock:
            spans = [one for held in self._open.values() for one in self._as_decided(held.spans, held.reason or "undecided")]
            self._open.clear()
            self._count = 0
        return spans

    def _drawn(self, trace_id: int) -> str | None:
        """By the trace id, so that every process of a distributed request decides alike."""
        return "sample" if trace_id % _SPACE < self._rate * _SPACE else None

    def _remember(self, trace_id: int, reason: str | None) -> None:
        self._decided[trace_id] = reason
        if len(self._decided) > _REMEMBERED:
            self._decided.popitem(last=False)

    def _as_decided(self, spans: list[tuple[ReadableSpan, int]], reason: str | None) -> list[tuple[ReadableSpan, int]]:
        rate = self._rate if reason in (None, "sample") else 1.0
        return [(_marked(span, reason, rate), size) for span, size in spans]


def _reason(span: ReadableSpan) -> str | None:
    if span.status.status_code is StatusCode.ERROR:
        return "error"
    flagged = (span.attributes or {}).get(FLAG)
    return "flagged" if flagged is True else None


def _took_ns(span: ReadableSpan) -> int:
    return (span.end_time or 0) - (span.start_time or 0)


def _marked(span: ReadableSpan, reason: str | None, rate: float) -> ReadableSpan:
    """The span with why its content was kept, or without its content."""
    attributes = span.attributes or {}
    kept = {key: value for key, value in attributes.items() if reason or not is_content(key)}
    if not reason and isinstance(found := attributes.get(_DOCUMENTS), str):
        kept[_DOCUMENTS] = _ranking(found)
    events = span.events if reason else [_without_content(event) for event in span.events]
    kept[REASON], kept[RATE] = reason or "no", rate
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=kept,
        events=events,
        links=span.links,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _ranking(found: str) -> str:
    """Documents by their ids and scores: how good a search was is a fact."""
    try:
        listed = json.loads(found)
        return json.dumps([{key: one[key] for key in ("id", "score") if key in one} for one in listed])
    except (ValueError, TypeError):
        return "[]"


def _without_content(event: Event) -> Event:
    kept = {key: value for key, value in (event.attributes or {}).items() if not is_content(key)}
    return Event(event.name, kept, event.timestamp)


def is_content(key: str) -> bool:
    """Whether an attribute is content, which may be left out, and not a fact."""
    return key in CONTENT or key.startswith(CONTENT_PREFIXES)
