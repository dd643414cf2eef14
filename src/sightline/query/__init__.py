"""Questions to the telemetry: the filter language, lists, single traces, measures by groups. The one way in for every room."""

from sightline.query.aggregate import Answer, AnswerColumn, Question, ask
from sightline.query.catalogue import attribute_keys, ledger, projects, values_seen
from sightline.query.compile import Filter
from sightline.query.conditions import Scene
from sightline.query.fields import SPAN_FIELDS, TRACE_FIELDS, TRACE_ONLY, Field
from sightline.query.lists import MAX_ROWS, ListQuestion, Page, list_spans, list_traces
from sightline.query.reader import Reader, Row
from sightline.query.times import Window, as_datetime, parse_time, parse_window, rfc3339
from sightline.query.trace import SpanRows, TraceRows, read_span, read_trace

__all__ = [
    "MAX_ROWS",
    "SPAN_FIELDS",
    "TRACE_FIELDS",
    "TRACE_ONLY",
    "Answer",
    "AnswerColumn",
    "Field",
    "Filter",
    "ListQuestion",
    "Page",
    "Question",
    "Reader",
    "Row",
    "Scene",
    "SpanRows",
    "TraceRows",
    "Window",
    "as_datetime",
    "ask",
    "attribute_keys",
    "ledger",
    "list_spans",
    "list_traces",
    "parse_time",
    "parse_window",
    "projects",
    "read_span",
    "read_trace",
    "rfc3339",
    "values_seen",
]
