"""Measures by groups over spans, traces or sessions: the one way in for every number on a screen.

The answer's rows are keyed by the texts that were asked for; inside the engine columns are only numbered.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sightline.errors import BadRequestError, QueryTooLargeError
from sightline.query.binder import Binder
from sightline.query.compile import Filter
from sightline.query.conditions import Scene
from sightline.query.fields import FieldType
from sightline.query.measures import EXACT_ROWS, Manner, Terms, measure
from sightline.query.reader import Reader
from sightline.query.statements import statement
from sightline.query.subjects import Of, Subject
from sightline.query.syntax import parse_measure, parse_term
from sightline.query.times import Window, parse_width, rfc3339

MAX_CELLS = 50_000
TIME = "time"


@dataclass(frozen=True, slots=True)
class Question:
    """Measures of rows of `of` that match, by groups. `interval` such as 5m adds the group `time`.

    `order` names a column of the answer, '-' in front for descending. `limit` counts rows.
    """

    scene: Scene
    measures: Sequence[str]
    of: Of = "spans"
    group_by: Sequence[str] = ()
    filter: Filter = field(default_factory=lambda: Filter(None))
    interval: str | None = None
    order: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column of the answer under the text that was asked for. `approximate`: within 1 % instead of exact."""

    name: str
    type: FieldType
    unit: str | None = None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` hold one value per column; times as RFC 3339 text, unknown as None."""

    columns: list[AnswerColumn]
    rows: list[dict[str, Any]]


async def ask(reader: Reader, question: Question) -> Answer:
    """Answer a question.

    Raises BadFilterError, UnknownFactError, BadTimeError and BadRequestError for a question that can't be, QueryTooLargeError
    when the answer would have over 50,000 cells, QueryTimeoutError.
    """
    # Planned once before anything is asked: a bad question must not depend on what is stored.
    plan = _plan(question, Manner())
    manner = await _manner(reader, question, plan)
    plan = plan if manner == Manner() else _plan(question, manner)
    most = MAX_CELLS // len(plan.columns)
    rows = most + 1 if question.limit is None else min(question.limit, most + 1)
    found = await reader.rows(plan.sql, {**plan.params, "project": question.scene.project, "rows": rows})
    if len(found) > most:
        raise QueryTooLargeError(
            f"The answer would have over {MAX_CELLS:,} cells (rows × columns): give a limit of at most {most:,} rows,"
            " a wider interval or fewer groups."
        )
    if question.interval is not None:
        # The engine only numbers the intervals: one multiplication less for each of ten million rows.
        width = parse_width(question.interval)
        for row in found:
            row["c0"] *= width
    shown = [(f"c{i}", column.name, column.type) for i, column in enumerate(plan.columns)]
    return Answer(plan.columns, [{name: _shown(row[key], type_) for key, name, type_ in shown} for row in found])


@dataclass(frozen=True, slots=True)
class _Plan:
    """A question as SQL. `holds_values`: some measure keeps every value in memory to be exact."""

    sql: str
    params: dict[str, object]
    columns: list[AnswerColumn]
    holds_values: bool


def _plan(question: Question, manner: Manner) -> _Plan:
    binder = Binder()
    subject = Subject(question.of, question.scene, binder)
    groups = _groups(question, subject, binder)
    if question.of == "scores" and "error_rate" in question.measures:
        raise BadRequestError("A score has no status: share(value = 0) is the share that failed.")
    parsed = {text: parse_measure(text) for text in question.measures}
    terms = Terms(subject.value, subject.key, subject.condition)
    measures = {text: measure(tree, terms, manner) for text, tree in parsed.items()}
    columns = [column for column, _ in groups.values()]
    columns += [AnswerColumn(text, made.type, made.unit, made.approximate) for text, made in measures.items()]
    expressions = [sql for _, sql in groups.values()] + [made.sql for made in measures.values()]
    sql = statement(
        "aggregate",
        columns=",\n  ".join(f"{expression} AS c{i}" for i, expression in enumerate(expressions)),
        source=subject.source(question.filter),
        grouping=f"GROUP BY {', '.join(f'c{i}' for i in range(len(groups)))}" if groups else "",
        order=_order(question, columns, len(groups)),
    )
    return _Plan(sql, binder.params, columns, any(tree.function in ("quantile", "uniq") for tree in parsed.values()))


def _groups(question: Question, subject: Subject, binder: Binder) -> dict[str, tuple[AnswerColumn, str]]:
    groups: dict[str, tuple[AnswerColumn, str]] = {}
    if question.interval is not None:
        width = binder.bind(parse_width(question.interval), "Int64")
        groups[TIME] = (AnswerColumn(TIME, "time"), f"intDiv(toUnixTimestamp64Nano(start), {width})")
    for text in question.group_by:
        if text in groups:
            raise BadRequestError(f"{text!r} is there twice: drop one.")
        term = parse_term(text)
        key = subject.key(term)
        if term.source != "fact":
            groups[text] = (AnswerColumn(text, "number" if term.part == "value" else "string"), key)
        else:
            field_ = subject.field(term)
            groups[text] = (AnswerColumn(text, field_.type, field_.unit), key)
    return groups


def _order(question: Question, columns: list[AnswerColumn], groups: int) -> str:
    """As asked; else by time, or by the first measure from the top. Groups settle what is equal."""
    rest = [f"c{i} ASC NULLS LAST" for i in range(groups)]
    if question.order is None:
        first = [] if question.interval is not None else [f"c{groups} DESC NULLS LAST"]
        return ", ".join([*first, *rest])
    names = [column.name for column in columns]
    wanted = question.order.removeprefix("-")
    if wanted not in names:
        raise BadRequestError(f"The answer has no column {wanted!r} to order by: it has {', '.join(names)}.")
    direction = "DESC" if question.order.startswith("-") else "ASC"
    return ", ".join([f"c{names.index(wanted)} {direction} NULLS LAST", *rest])


_TABLES: Mapping[Of, tuple[str, Callable[[Binder, Window], str]]] = {
    "spans": ("spans", Binder.spans_in),
    "traces": ("traces", Binder.traces_in),
    "sessions": ("traces", Binder.traces_in),
    "scores": ("scores", Binder.traces_in),
}


async def _manner(reader: Reader, question: Question, plan: _Plan) -> Manner:
    binder = Binder()
    table, within = _TABLES[question.of]
    window = within(binder, question.scene.window)
    params = {**binder.params, "project": question.scene.project}
    # A score is one verdict, whatever its target stands for.
    weighted = question.of != "scores" and bool(await reader.rows(statement("some_weighted", table=table, window=window), params))
    if not plan.holds_values:
        return Manner(weighted=weighted)
    estimate = await reader.rows(statement("rows_estimate", table=table, window=window), params)
    return Manner(weighted=weighted, sketched=sum(row["rows"] for row in estimate) > EXACT_ROWS)


def _shown(value: Any, type_: FieldType) -> Any:
    """A value as the answer gives it: times as text, whole numbers whole, what is no number as None."""
    if value is None:
        return None
    if type_ == "time":
        return rfc3339(int(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value
