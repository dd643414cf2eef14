"""The way back from values to the filter language: the text of a filter that selects the rows which have them."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from sightline.query.fields import SPAN_FIELDS
from sightline.query.syntax import Part, Term

Kind = Literal["text", "number", "boolean", "other"]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# What the filter language can tell apart from zero and from infinity.
_LEAST, _MOST = 1e-300, 1e300


def quoted(text: str) -> str:
    """A text as the filter language quotes it."""
    return "'" + text.replace("'", "''") + "'"


def named(term: Term) -> str:
    """A fact, or a key of the attributes or the resource, as the filter language names it."""
    scope = "" if term.scope == "span" else f"{term.scope}."
    if term.source == "scores" and term.part != "any":
        return f"{scope}score.{term.name}{'.label' if term.part == 'label' else ''}"
    return scope + (term.name if term.source == "fact" else f"{term.source}[{quoted(term.name)}]")


def has_value(term: Term, value: str | None, kinds: Collection[Kind] = ()) -> str | None:
    """The filter for rows whose `term` reads as `value`; None where the language can't say it (NaN, a list).

    `kinds`: what an attribute's value is where it reads so; the same text may be a number in one row and text in another.
    """
    name = named(term)
    if value is None:
        return f"{name} is null"
    if term.source == "scores":
        kinds = _KINDS_OF_SCORES[term.part]
    if term.source == "fact":
        kinds = (_KIND_OF[SPAN_FIELDS[term.name].type],)
    literals = [_LITERALS[kind](value) for kind in sorted(kinds)]
    if not literals or None in literals:
        return None
    return both([f"{name} = {literal}" for literal in dict.fromkeys(literals)], "or")


def both(filters: Sequence[str], word: Literal["and", "or"] = "and") -> str:
    """Filters in one; those that ask nothing are left out."""
    asked = [text for text in filters if text]
    return asked[0] if len(asked) == 1 else f" {word} ".join(f"({text})" for text in asked)


def one_of(name: str, values: Iterable[str]) -> str:
    """The filter for rows whose `name` is one of the values."""
    return f"{name} in ({', '.join(quoted(value) for value in values)})"


def _number(value: str) -> str | None:
    if _NUMBER.fullmatch(value) is None:
        return None
    size = abs(float(value))
    return value if size == 0 or _LEAST <= size <= _MOST else None


def _boolean(value: str) -> str | None:
    return value if value in ("true", "false") else None


def _other(value: str) -> str | None:
    """What is neither text nor number nor flag in the attributes is a list; in the resource it may be any of them."""
    return _boolean(value) or _number(value)


_LITERALS = {"text": quoted, "number": _number, "boolean": _boolean, "other": _other}
_KINDS_OF_SCORES: dict[Part, tuple[Kind, ...]] = {"any": (), "value": ("number",), "label": ("text",)}
_KIND_OF: dict[str, Kind] = {
    "string": "text",
    "json": "text",
    "integer": "number",
    "number": "number",
    "time": "number",
    "boolean": "boolean",
}
