"""Logging: one event per unit of work, fixed names and fields, never content."""

import logging
import sys

import structlog


def configure_logging(level: str) -> None:
    """Structured lines on stderr, coloured for a terminal, JSON otherwise; libraries' own warnings come the same way."""
    number = logging.getLevelNamesMapping()[level.upper()]
    render = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True)
