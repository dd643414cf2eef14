"""A question to a table: which rows before, which after, what is measured, by what. Rows stay in the engine; codes come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sightline.errors import BadFilterError, BadTableError
from sightline.query.binder import Binder
from sightline.query.columns_of_files import column, condition_on, hour_of, kind_of, name_of, names_in, on_columns
from sightline.query.statements import statements_in
from sightline.query.syntax import MeasureText, parse_filter, parse_measure
from sightline.store.files import FileTable

Array = NDArray[np.float64]
MeasureKind = Literal["mean", "quantile", "ratio"]

MOST_VALUES = 2_000  # of one dimension; what is rarer has no name
MOST_NUMBERS = 64  # different whole numbers that still are names of something
LEAST_UNITS = 20
MOST_UNITS = 400_000

statement = statements_in("sightline.insight", "sql")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a table. Filters in the filter language, of the table's own columns. measure: `mean(score)`, `share(status =
    'error')`, `p95(ttft_ms)`, or of rows that are cells already `sum(value)/sum(cnt)`. by: the dimensions, all that look like one where
    it is empty. probability: a column with p of a row having got into the sample; it weighs 1/p. direction: 'up' or 'down' looks for
    that alone. extra: columns of numbers that are read beside."""

    reference: str
    changed: str
    measure: str
    by: Sequence[str] = ()
    where: str = ""
    probability: str | None = None
    time: str | None = None
    direction: Literal["up", "down"] | None = None
    extra: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's rows as numbers. codes: shape (n, dimensions), 0 where the value has no name; values[d][code − 1] is the name. after,
    half (which half of the units, by hash), value, weight, hour (since 1970; 0 without a time): shape (n,). before_of, after_of: how many
    units each value had, shape (values + 1,). kind and level: of the measure. sampled: share of the rows that were read, by side."""

    names: list[str]
    values: list[list[str]]
    codes: NDArray[np.uint16]
    after: NDArray[np.bool_]
    half: NDArray[np.bool_]
    value: Array
    weight: Array
    hour: NDArray[np.int64]
    before_of: list[Array]
    after_of: list[Array]
    kind: MeasureKind
    level: float
    timed: bool
    extra: Mapping[str, Array] = field(default_factory=dict)
    sampled: tuple[float, float] = (1.0, 1.0)

    @property
    def sizes(self) -> list[int]:
        """Codes of each dimension, that of what has no name included."""
        return [len(of) + 1 for of in self.values]


def ask(table: FileTable, question: Question) -> Asked:
    """Read a question's rows. Raises BadTableError, BadFilterError or UnknownFactError that say what would be right."""
    binder = Binder()
    measure = measured_as(question.measure, table.columns, binder)
    conditions = {
        "reference": condition_on(question.reference, table.columns, binder),
        "changed": condition_on(question.changed, table.columns, binder),
    }
    for name, text in (("--reference", question.reference), ("--changed", question.changed)):
        if not text.strip():
            raise BadTableError(f"{name} is empty: give a filter of the rows on that side, such as \"version = 'v1'\".")
    where = [measure.where, condition_on(question.where, table.columns, binder)]
    weight = measure.weight
    if question.probability is not None:
        weight = f"({weight}) / {column(question.probability, table.columns, binder)}"
    time = question.time or _only_time(table.columns)
    asked_of = _asked_of(question, measure)
    names = list(question.by) or _candidates(table.columns, asked_of | {time or ""})
    kept = [*names, *question.extra]
    for name in kept:
        if name not in table.columns:
            column(name, table.columns, binder)
    table.run("DROP TABLE IF EXISTS units", {})
    texts = [
        f"CAST(ifNull(toString({column(name, table.columns, binder)}), '') AS LowCardinality(String)) AS d{i}"
        for i, name in enumerate(names)
    ]
    numbers = [f"ifNull(toFloat64({column(name, table.columns, binder)}), nan) AS e{i}" for i, name in enumerate(question.extra)]
    labels = [*(f"d{i}" for i in range(len(names))), *(f"e{i}" for i in range(len(question.extra)))]
    table.run(
        statement(
            "units", value=measure.value, weight=weight, where=" AND ".join(where), hour=_hour(time, table.columns, binder),
            kept=", ".join(labels) or "1", columns=", ".join([*texts, *numbers]) or "1", **conditions,
        ),
        binder.params,
    )  # fmt: skip
    return _read(table, names, question, measure, timed=time is not None)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure as SQL: a row's value, its weight, and which rows have one."""

    kind: MeasureKind
    value: str
    weight: str
    where: str
    level: float
    names: frozenset[str]


def measured_as(text: str, columns: Mapping[str, str], binder: Binder) -> Measured:
    """Raises BadFilterError, BadTableError or UnknownFactError."""
    parts = _divided(text)
    if len(parts) == 2:
        above, below = (_sum_of(parse_measure(part), part, columns, binder) for part in parts)
        return Measured("ratio", above[0], below[0], f"{below[0]} > 0", 0.0, frozenset({above[1], below[1]}))
    read = parse_measure(text)
    match read:
        case MeasureText("mean", term) if term is not None:
            name = name_of(term)
            sql = _number(name, columns, binder, term.column)
            return Measured("mean", sql, "1", f"{sql} IS NOT NULL", 0.0, frozenset({name}))
        case MeasureText("quantile", term, _, level) if term is not None and level is not None:
            name = name_of(term)
            sql = _number(name, columns, binder, term.column)
            at = float(level) / 100
            if not 0 < at < 1:
                raise BadFilterError(f"p{level} is no quantile: write p1 to p99.9", column=1)
            return Measured("quantile", sql, "1", f"{sql} IS NOT NULL", at, frozenset({name}))
        case MeasureText("share", None, filters) if filters:
            tests = [on_columns(one, columns, binder) for one in filters]
            among = tests[1] if len(tests) > 1 else f"({tests[0]}) IS NOT NULL"
            names = frozenset(name for one in filters for name in names_in(one))
            return Measured("mean", tests[0], "1", among, 0.0, names)
    raise BadTableError(f"{text!r} can't be explained: write mean(column), share(filter), p95(column) or sum(column)/sum(column).")


def _divided(text: str) -> list[str]:
    """The two sides of a division that stands outside quotes and brackets."""
    depth, quote = 0, ""
    for i, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "/" and depth == 0:
            return [text[:i], text[i + 1 :]]
    return [text]


def _sum_of(read: MeasureText, text: str, columns: Mapping[str, str], binder: Binder) -> tuple[str, str]:
    if read.function == "count" and not read.filters:
        return "1", ""
    if read.function != "sum" or read.term is None:
        raise BadTableError(f"{text.strip()!r} can't stand in a ratio: write sum(column)/sum(column) or sum(column)/count.")
    name = name_of(read.term)
    return _number(name, columns, binder, read.term.column), name


def _number(name: str, columns: Mapping[str, str], binder: Binder, at: int) -> str:
    sql = column(name, columns, binder, at=at)
    if kind_of(columns[name]) not in ("number", "boolean"):
        raise BadFilterError(f"{name} is of type {columns[name]}: a measure needs numbers", column=at)
    return sql


def _only_time(columns: Mapping[str, str]) -> str | None:
    times = [name for name, type_ in columns.items() if kind_of(type_) == "time"]
    return times[0] if len(times) == 1 else None


def _hour(time: str | None, columns: Mapping[str, str], binder: Binder) -> str:
    return "0" if time is None else f"ifNull({hour_of(time, columns, binder)}, 0)"


def _asked_of(question: Question, measure: Measured) -> set[str]:
    """Columns that the question itself turns on: they can't explain anything."""
    found = set(measure.names) | set(question.extra)
    for text in (question.reference, question.changed, question.where):
        read = parse_filter(text)
        found |= set() if read is None else set(names_in(read))
    return found | ({question.probability} if question.probability else set())


def _candidates(columns: Mapping[str, str], asked_of: set[str]) -> list[str]:
    kinds = {name: kind_of(type_) for name, type_ in columns.items() if name not in asked_of}
    return [name for name, kind in kinds.items() if kind in ("text", "boolean") or (kind == "number" and "Int" in columns[name])]


def _read(table: FileTable, names: list[str], question: Question, measure: Measured, *, timed: bool) -> Asked:
    before, after = table.rows(statement("sides"), {})[0]
    for side, count, text in (("--reference", before, question.reference), ("--changed", after, question.changed)):
        if count == 0:
            raise BadTableError(f"no row of {table.name} satisfies {side} {text!r} and has a value of {question.measure}.")
    kept: list[int] = []
    values: list[list[str]] = []
    counts: list[tuple[Array, Array]] = []
    for i, name in enumerate(names):
        found = table.rows(statement("values", column=f"d{i}"), {"most": MOST_VALUES + 1})
        shown = [(str(value), int(b), int(a)) for value, b, a in found if b + a >= LEAST_UNITS or measure.kind == "ratio"][:MOST_VALUES]
        if not question.by and not _is_dimension(table.columns[name], shown, found, before + after):
            continue
        named = [row for row in shown if row[0] != ""]
        if not named or len(found) < 2:  # one value tells nothing apart
            continue
        kept.append(i)
        values.append([value for value, _, _ in named])
        counts.append((np.array([0, *(b for _, b, _ in named)], float), np.array([0, *(a for _, _, a in named)], float)))
    if not kept:
        raise BadTableError(f"{table.name} has no column with several values to tell rows apart by: name some by --by.")
    half = MOST_UNITS // 2
    share_after = min(1.0, max(half, MOST_UNITS - before) / after)
    share_before = min(1.0, max(half, MOST_UNITS - after) / before)
    codes: list[str] = []
    params: dict[str, object] = {"share_after": round(share_after * 1e6), "share_before": round(share_before * 1e6)}
    for j, (i, of) in enumerate(zip(kept, values, strict=True)):
        codes.append(f"toUInt16(transform(toString(d{i}), {{v{j}:Array(String)}}, {{c{j}:Array(UInt16)}}, toUInt16(0))) AS c{j}")
        params[f"v{j}"], params[f"c{j}"] = of, list(range(1, len(of) + 1))
    extra = "".join(f"e{i}, " for i in range(len(question.extra)))
    dtype = np.dtype(
        [("after", "u1"), ("half", "u1"), ("value", "<f8"), ("weight", "<f8"), ("hour", "<i4")]
        + [(f"e{i}", "<f8") for i in range(len(question.extra))]
        + [("codes", "<u2", (len(kept),))]
    )
    rows = table.records(statement("codes", codes=", ".join(codes), extra=extra), params, dtype)
    table.run("DROP TABLE IF EXISTS units", {})
    return Asked(
        [names[i] for i in kept], values, np.ascontiguousarray(rows["codes"]), rows["after"].astype(bool), rows["half"].astype(bool),
        rows["value"].astype(float), rows["weight"].astype(float), rows["hour"].astype(np.int64), [b for b, _ in counts],
        [a for _, a in counts], measure.kind, measure.level, timed,
        {name: rows[f"e{i}"].astype(float) for i, name in enumerate(question.extra)}, (share_before, share_after),
    )  # fmt: skip


def _is_dimension(type_: str, shown: list[tuple[str, int, int]], found: list[tuple[object, ...]], total: int) -> bool:
    """Names of something: words that recur, whole numbers of which there are few. An id or a text of its own is none."""
    if "Int" in type_ and len(found) > MOST_NUMBERS:
        return False
    return len(found) <= MOST_VALUES and sum(b + a for _, b, a in shown) >= 0.5 * total and len(found) <= max(total / 4, 2)
