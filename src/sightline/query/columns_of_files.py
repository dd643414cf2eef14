"""The filter language asked of a file's own columns: every column is a fact, its type decides what it can be compared with.

Names are bound as identifiers and values as values: no text of the question or of the file reaches the SQL.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from sightline.errors import BadFilterError, BadTableError, BadTimeError, UnknownFactError
from sightline.query.binder import Binder
from sightline.query.conditions import all_of, any_of
from sightline.query.syntax import Both, Comparison, Expression, Literal, Opposite, Term, parse_filter, without_not
from sightline.query.times import parse_time

_NUMBERS = ("Int", "UInt", "Float", "Decimal")
_OPERATORS = {
    "text": ("=", "<", "<=", ">", ">=", "in", "like", "ilike", "has"),
    "number": ("=", "<", "<=", ">", ">=", "in"),
    "time": ("=", "<", "<=", ">", ">=", "in"),
    "boolean": ("=", "in"),
}


def kind_of(type_: str) -> str:
    """text, number, boolean, time or other: what a column of that engine type is compared with."""
    plain = type_
    for wrapper in ("LowCardinality(", "Nullable("):
        if plain.startswith(wrapper):
            plain = plain[len(wrapper) : -1]
    if plain.startswith(_NUMBERS):
        return "number"
    if plain.startswith(("String", "FixedString", "Enum", "UUID")):
        return "text"
    if plain.startswith("Date"):
        return "time"
    return "boolean" if plain == "Bool" else "other"


def column(name: str, columns: Mapping[str, str], binder: Binder, *, at: int | None = None) -> str:
    """A column as SQL, its name bound. Raises UnknownFactError, which suggests the nearest."""
    if name not in columns:
        raise UnknownFactError(name, known=list(columns), column=at)
    if name.isidentifier() and name.isascii():
        return binder.bind(name, "Identifier")
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")  # the engine takes a bound name as it is written, marks and all
    return f"`{escaped}`"


def seconds_of(name: str, columns: Mapping[str, str], binder: Binder) -> str:
    """Seconds since 1970 as SQL, of a column of times or of numbers: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds,
    else nanoseconds, as everywhere. Raises BadTableError for another."""
    sql = column(name, columns, binder)
    if kind_of(columns[name]) == "time":
        return f"toInt64(toUnixTimestamp(toDateTime({sql})))"
    if kind_of(columns[name]) != "number":
        raise BadTableError(f"{name} is of type {columns[name]}: a time is a date or a number of seconds since 1970.")
    return f"toInt64(multiIf({sql} < 1e11, {sql}, {sql} < 1e14, {sql} / 1e3, {sql} < 1e17, {sql} / 1e6, {sql} / 1e9))"


def hour_of(name: str, columns: Mapping[str, str], binder: Binder) -> str:
    """Hours since 1970 as SQL. Raises as `seconds_of`."""
    return f"intDiv({seconds_of(name, columns, binder)}, 3600)"


def condition_on(text: str, columns: Mapping[str, str], binder: Binder) -> str:
    """A filter's text as one SQL condition. Raises BadFilterError or UnknownFactError that point at the column of the text."""
    expression = parse_filter(text)
    return "1" if expression is None else on_columns(expression, columns, binder)


def on_columns(expression: Expression, columns: Mapping[str, str], binder: Binder) -> str:
    """A filter's tree as one SQL condition."""
    match without_not(expression):
        case Both() as both:
            parts = [on_columns(item, columns, binder) for item in both.items]
            return all_of(parts) if both.word == "and" else any_of(parts)
        case Comparison() as asked:
            return _comparison(asked, columns, binder)
        case Opposite():
            raise AssertionError("without_not leaves none")


def names_in(expression: Expression) -> Iterator[str]:
    """The columns that a filter asks about."""
    match expression:
        case Both():
            for item in expression.items:
                yield from names_in(item)
        case Opposite():
            yield from names_in(expression.item)
        case Comparison():
            yield expression.term.name


def name_of(term: Term) -> str:
    """The column that a term means: a bare name, or attributes['…'] for one that is no word. Raises BadFilterError for other scopes."""
    if term.scope != "span" or term.source not in ("fact", "attributes"):
        raise BadFilterError(
            "A file has columns only: write a name, or attributes['…'] around one that is not a plain word", column=term.column
        )
    return term.name


def _comparison(asked: Comparison, columns: Mapping[str, str], binder: Binder) -> str:
    name = name_of(asked.term)
    sql = column(name, columns, binder, at=asked.term.column)
    if asked.operator == "is null":
        return f"{sql} IS {'NOT ' if asked.negated else ''}NULL"
    kind = kind_of(columns[name])
    if kind not in _OPERATORS:
        raise BadFilterError(f"{name} is of type {columns[name]}, which can't be compared: only 'is null' suits", column=asked.column)
    if asked.operator not in _OPERATORS[kind]:
        raise BadFilterError(
            f"{name} is a {kind}, which {asked.operator!r} does not suit: ask with {', '.join(_OPERATORS[kind])}", column=asked.column
        )
    operator = "=" if asked.operator == "in" else asked.operator
    tests = [_test(sql, name, kind, operator, value, binder) for value in asked.values]
    return f"NOT ({any_of(tests)})" if asked.negated else any_of(tests)


def _test(sql: str, name: str, kind: str, operator: str, value: Literal, binder: Binder) -> str:
    if kind == "text":
        if value.kind not in ("text", "number", "word", "time"):
            raise BadFilterError(f"{name} is a text: compare it with one in quotes", column=value.column)
        text = binder.text(str(value.value) + (value.unit or ""))
        if operator == "has":
            return f"position({sql}, {text}) > 0"
        return f"{sql} {operator.upper()} {text}"
    if kind == "boolean":
        if value.kind != "boolean":
            raise BadFilterError(f"{name} is true or false: write {name} = true", column=value.column)
        return f"{sql} = {binder.bind(value.value, 'Bool')}"
    if kind == "time":
        try:
            ns = parse_time(str(value.value), now_ns=0)
        except BadTimeError as error:
            raise BadFilterError(f"{name} is a time. {error}", column=value.column) from error
        return f"{sql} {operator} {binder.time(ns)}"
    if value.kind != "number" or value.unit is not None:
        raise BadFilterError(f"{name} is a number: compare it with one, like 500", column=value.column)
    return f"{sql} {operator} {binder.number(Fraction(value.value))}"  # type: ignore[arg-type]
