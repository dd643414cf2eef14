"""What Sightline knows of a span: the vocabulary of facts, how every convention says them, and what of a span is content."""

from sightline.facts._sql import content_key_sql, fact_arrays, fact_columns, fact_slots
from sightline.facts.content import Content, EventView, read_content
from sightline.facts.vocabulary import ERROR_TYPES, FACTS, FINISH_REASONS, INHERITED, KINDS, STATUSES, Fact

__all__ = [
    "ERROR_TYPES",
    "FACTS",
    "FINISH_REASONS",
    "INHERITED",
    "KINDS",
    "STATUSES",
    "Content",
    "EventView",
    "Fact",
    "content_key_sql",
    "fact_arrays",
    "fact_columns",
    "fact_slots",
    "read_content",
]
