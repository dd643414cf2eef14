"""Trace ids in an application's own log lines."""

import logging
from typing import Any

from opentelemetry import trace

FORMAT = "%(asctime)s %(levelname)s %(name)s [trace_id=%(trace_id)s span_id=%(span_id)s] %(message)s"


def _mark(record: logging.LogRecord) -> None:
    told = trace.get_current_span().get_span_context()
    record.trace_id = trace.format_trace_id(told.trace_id) if told.is_valid else "-"
    record.span_id = trace.format_span_id(told.span_id) if told.is_valid else "-"


class TraceIds(logging.Filter):
    """Gives every record `trace_id` and `span_id`, "-" outside of a trace: `handler.addFilter(sightline.TraceIds())`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: nothing is filtered out."""
        _mark(record)
        return True


class LogHandler(logging.StreamHandler[Any]):
    """A stream handler whose lines name their trace and span: `logging.basicConfig(handlers=[sightline.LogHandler()])`.

    `stream` is stderr by default. Another format may use `%(trace_id)s` and `%(span_id)s` too.
    """

    def __init__(self, stream: Any = None) -> None:
        super().__init__(stream)
        self.setFormatter(logging.Formatter(FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record with its ids."""
        _mark(record)
        super().emit(record)
