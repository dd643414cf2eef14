"""What Sightline knows of a span: the vocabulary of facts, how every convention says them, and what of a span is content."""

from sightline.facts._slots import quoted as sql_text
from sightline.facts._sql import FactSql, content_key_sql, finish_reason_sql, scoped_sql
from sightline.facts.configured import with_configured
from sightline.facts.content import Content, EventView, read_content
from sightline.facts.conventions import ESTIMATES, JSON_ASKED, LATE_CLOCKS, REFUSAL_WORDS, REFUSALS, SOURCES, Sources
from sightline.facts.vocabulary import ERROR_TYPES, FACTS, FINISH_REASONS, INHERITED, KINDS, SILENT_FAILURES, STATUSES, Fact

__all__ = [
    "ERROR_TYPES",
    "ESTIMATES",
    "FACTS",
    "FINISH_REASONS",
    "INHERITED",
    "JSON_ASKED",
    "KINDS",
    "LATE_CLOCKS",
    "REFUSALS",
    "REFUSAL_WORDS",
    "SILENT_FAILURES",
    "SOURCES",
    "STATUSES",
    "Content",
    "EventView",
    "Fact",
    "FactSql",
    "Sources",
    "content_key_sql",
    "finish_reason_sql",
    "read_content",
    "scoped_sql",
    "sql_text",
    "with_configured",
]
