"""A person's label is a score: made from an answer in the queue, taken back, exported and imported."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sightline.errors import BadTableError
from sightline.facts.scores import BINARY_LABELS, ScoreType
from sightline.query import Reader, rfc3339, statements_in
from sightline.store import TARGETS, NewScore, ReviewItem, Unit

statement = statements_in("sightline.judge.people")

MOST_LABELS = 10_000
"""Rows of one import, and of one export."""

COLUMNS = (
    "target", "trace_id", "span_id", "session_id", "rater", "value", "label", "explanation", "probability", "drawn", "labelled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a label has to be: of the score `name`, one of `levels` (their words and numbers) where it has levels."""

    project: str
    name: str
    type: ScoreType
    levels: Mapping[str, float | None]


def label_score(asked: Asked, item: ReviewItem, *, rater: str, value: float | None, label: str | None, explanation: str) -> NewScore:
    """The score that an answer in the queue is. Raises BadTableError for a verdict that the score can't have."""
    value, label = _verdict(asked, value, label)
    unit = item.unit
    return NewScore(
        project=asked.project, target=unit.target, name=asked.name, source="person", type=asked.type, trace_id=unit.trace_id,
        span_id=unit.span_id, session_id=unit.session_id, author=rater, value=value, label=label, explanation=explanation,
        probability=item.probability, metadata={"drawn": item.drawn, "item": item.id},
    )  # fmt: skip


def retraction(asked: Asked, unit: Unit, *, rater: str) -> NewScore:
    """What takes a label back: the same score, saying nothing."""
    return NewScore(
        project=asked.project, target=unit.target, name=asked.name, source="person", type=asked.type, trace_id=unit.trace_id,
        span_id=unit.span_id, session_id=unit.session_id, author=rater, metadata={"taken_back": "true"},
    )  # fmt: skip


def imported(text: str, format: Literal["csv", "jsonl"], asked: Asked) -> tuple[list[NewScore], list[tuple[int, str]]]:  # noqa: A002
    """(scores, rejected) of a file of labels; rejected as (line, reason), lines counted from 1, a CSV's head being the first.

    A label without `probability` was drawn at random like all others of its file (1). Raises BadTableError for a file that is none.
    """
    scores: list[NewScore] = []
    rejected: list[tuple[int, str]] = []
    for line, row in _rows(text, format):
        try:
            scores.append(_score(row, asked))
        except BadTableError as error:
            rejected.append((line, str(error)))
        if len(scores) + len(rejected) > MOST_LABELS:
            raise BadTableError(f"A file has at most {MOST_LABELS:,} labels: cut it in pieces.")
    return scores, rejected


async def exported(reader: Reader, project: str, name: str) -> list[dict[str, Any]]:
    """The latest labels of a score, as rows of COLUMNS."""
    rows = await reader.rows(statement("labels"), {"project": project, "name": name, "rows": MOST_LABELS})
    return [{**{column: row.get(column) for column in COLUMNS}, "labelled": rfc3339(row["labelled_ns"])} for row in rows]


def _rows(text: str, format: Literal["csv", "jsonl"]) -> Iterator[tuple[int, Mapping[str, Any]]]:  # noqa: A002
    if format == "csv":
        reader = csv.DictReader(io.StringIO(text, newline=""), restkey="")
        missing = {"trace_id", "session_id"}.isdisjoint(reader.fieldnames or ()) or {"value", "label"}.isdisjoint(reader.fieldnames or ())
        if missing:
            raise BadTableError(
                f"A CSV of labels has a head with trace_id (or session_id) and value (or label), best all of: {', '.join(COLUMNS)}."
            )
        try:
            yield from ((reader.line_num, row) for row in reader)
        except csv.Error as error:
            raise BadTableError(f"The CSV can't be read at line {reader.line_num}: {error}.") from error
        return
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadTableError(
                f'Line {number} is no JSON: each line is one object, such as {{"trace_id": "…", "label": "pass"}}.'
            ) from error
        if not isinstance(row, dict):
            raise BadTableError(f"Line {number} is no JSON object.")
        yield number, row


def _score(row: Mapping[str, Any], asked: Asked) -> NewScore:
    said = {column: _text(row, column) for column in COLUMNS}
    trace_id, span_id, session_id = said["trace_id"].lower(), said["span_id"].lower(), said["session_id"]
    target = said["target"] or ("span" if span_id else "trace" if trace_id else "session")
    if target not in TARGETS:
        raise BadTableError(f"target is span, trace or session: this is {target!r}.")
    if target != "session" and not _hex(trace_id, 32):
        raise BadTableError(f"trace_id has 32 hex digits: this is {trace_id!r}.")
    if target == "span" and not _hex(span_id, 16):
        raise BadTableError(f"span_id has 16 hex digits: this is {span_id!r}.")
    if target == "session" and not session_id:
        raise BadTableError("A label of a session has a session_id.")
    value, label = _verdict(asked, _number(said["value"], "value"), said["label"] or None)
    probability = _number(said["probability"], "probability")
    if probability is not None and not 0 < probability <= 1:
        raise BadTableError(f"probability lies above 0 and not above 1: this is {probability:g}.")
    metadata = {"drawn": said["drawn"]} if said["drawn"] else {}
    return NewScore(
        project=asked.project, target=cast("Literal['span', 'trace', 'session']", target), name=asked.name, source="person",
        type=asked.type, trace_id="" if target == "session" else trace_id, span_id=span_id if target == "span" else "",
        session_id=session_id if target == "session" else "", author=said["rater"] or "imported", value=value, label=label,
        explanation=said["explanation"], probability=1.0 if probability is None else probability, metadata={**metadata, "imported": "true"},
    )  # fmt: skip


def _verdict(asked: Asked, value: float | None, label: str | None) -> tuple[float | None, str | None]:
    """The number and the word of a verdict, each from the other where it can be."""
    if asked.levels:
        if asked.type == "binary" and label is not None and label not in asked.levels:
            value, label = BINARY_LABELS.get(label.lower(), value), None
        word = label if label is not None else next((word for word, number in asked.levels.items() if number == value), None)
        if word is None or word not in asked.levels:
            raise BadTableError(f"{asked.name} is one of {', '.join(asked.levels)}: this is {label if label is not None else value!r}.")
        return asked.levels[word], word
    if asked.type == "binary":
        number = value if value is not None else BINARY_LABELS.get((label or "").lower())
        if number not in (0, 1):
            raise BadTableError(
                f"{asked.name} passes or fails: give 1 or 0, or 'pass' or 'fail', not {label if value is None else value!r}."
            )
        return number, "pass" if number else "fail"
    if value is None and asked.type != "categorical":
        raise BadTableError(f"{asked.name} is a number: give a value.")
    if value is None and label is None:
        raise BadTableError(f"{asked.name} needs a label.")
    return value, label


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    text = "" if value is None else str(value).strip()
    if "\0" in text or len(text) > 10_000:
        raise BadTableError(f"{column} holds a NUL character or more than 10,000 characters.")
    return text


def _number(text: str, column: str) -> float | None:
    if not text:
        return None
    try:
        number = {"true": 1.0, "false": 0.0}.get(text.lower(), float("nan")) if text.lower() in ("true", "false") else float(text)
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        raise BadTableError(f"{column} is a number: this is {text!r}.")
    return number


def _hex(text: str, digits: int) -> bool:
    return len(text) == digits and all(character in "0123456789abcdef" for character in text)
