"""Questions to the telemetry: the filter language, lists, single traces, measures by groups. The one way in for every room."""

from sightline.query.aggregate import Answer, AnswerColumn, Question, ask
from sightline.query.binder import Binder, buckets
from sightline.query.catalogue import attribute_keys, ledger, projects, score_names, values_seen
from sightline.query.compile import Filter, about_requests
from sightline.query.conditions import Scene
from sightline.query.contents import PICKED, SpanContent, read_contents
from sightline.query.fields import SCORE_FIELDS, SPAN_FIELDS, TRACE_FIELDS, TRACE_ONLY, Field, FieldType
from sightline.query.grouping import Grouping
from sightline.query.lists import MAX_ROWS, NEWEST_FIRST, ListQuestion, Page, list_scores, list_spans, list_traces
from sightline.query.measures import EXACT_ROWS, QUANTILE_ERROR
from sightline.query.reader import Reader, Row
from sightline.query.statements import statements_in
from sightline.query.subjects import Subject
from sightline.query.syntax import parse_term
from sightline.query.times import (
    EARLIEST_NS,
    LATEST_NS,
    UNITS_NS,
    Window,
    as_datetime,
    parse_time,
    parse_width,
    parse_window,
    reach,
    rfc3339,
)
from sightline.query.trace import SpanRows, TraceRows, read_span, read_trace, trace_window, traces_of_spans
from sightline.query.writing import both, one_of, quoted

__all__ = [
    "EARLIEST_NS",
    "EXACT_ROWS",
    "LATEST_NS",
    "MAX_ROWS",
    "NEWEST_FIRST",
    "PICKED",
    "QUANTILE_ERROR",
    "SCORE_FIELDS",
    "SPAN_FIELDS",
    "TRACE_FIELDS",
    "TRACE_ONLY",
    "UNITS_NS",
    "Answer",
    "AnswerColumn",
    "Binder",
    "Field",
    "FieldType",
    "Filter",
    "Grouping",
    "ListQuestion",
    "Page",
    "Question",
    "Reader",
    "Row",
    "Scene",
    "SpanContent",
    "SpanRows",
    "Subject",
    "TraceRows",
    "Window",
    "about_requests",
    "as_datetime",
    "ask",
    "attribute_keys",
    "both",
    "buckets",
    "ledger",
    "list_scores",
    "list_spans",
    "list_traces",
    "one_of",
    "parse_term",
    "parse_time",
    "parse_width",
    "parse_window",
    "projects",
    "quoted",
    "reach",
    "read_contents",
    "read_span",
    "read_trace",
    "rfc3339",
    "score_names",
    "statements_in",
    "trace_window",
    "traces_of_spans",
    "values_seen",
]
