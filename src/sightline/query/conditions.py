"""One comparison → one SQL condition on a row of `spans` or `traces`.

Three answers are possible: true, false and, for what is unknown, NULL, which no WHERE lets through. `!=` and the other
opposites are `NOT (…)` around the same test, so that an unknown fact answers neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from sightline.errors import BadFilterError, BadTimeError
from sightline.query.binder import Binder
from sightline.query.fields import SCORE_FIELDS, SPAN_FIELDS, TIME_UNITS, TRACE_FIELDS, TRACE_ONLY, Field, find
from sightline.query.suggest import nearest
from sightline.query.syntax import Comparison, Literal, Scope, Source, Term
from sightline.query.times import UNITS_NS, Window, parse_time, reach


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a filter is asked: the project, the window of the question, and now (for `start > -1h`)."""

    project: str
    window: Window
    now_ns: int


def scope_of(term: Term) -> Scope:
    """Whose fact it is. Names that only a trace has need no prefix."""
    return "trace" if term.source == "fact" and term.scope == "span" and term.name in TRACE_ONLY else term.scope


def condition(asked: Comparison, scene: Scene, binder: Binder) -> str:
    """The comparison as SQL on the row that its scope speaks of. Raises BadFilterError or UnknownFactError."""
    return _SOURCES[asked.term.source](asked, scene, binder)


def of_score(asked: Comparison, scene: Scene, binder: Binder) -> str:
    """The comparison of a fact of a score as SQL on a row of `scores`. Raises as `condition`."""
    return _of_field(find(asked.term.name, SCORE_FIELDS, column=asked.term.column), asked, scene, binder)


def all_of(conditions: list[str]) -> str:
    """Every condition holds."""
    return conditions[0] if len(conditions) == 1 else f"({' AND '.join(conditions)})"


def any_of(conditions: list[str]) -> str:
    """At least one condition holds."""
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _opposite_if(negated: bool, sql: str) -> str:
    return f"NOT ({sql})" if negated else f"({sql})"


# Facts


def _fact(asked: Comparison, scene: Scene, binder: Binder) -> str:
    fields = TRACE_FIELDS if scope_of(asked.term) == "trace" else SPAN_FIELDS
    return _of_field(find(asked.term.name, fields, column=asked.term.column), asked, scene, binder)


def _of_field(field: Field, asked: Comparison, scene: Scene, binder: Binder) -> str:
    if asked.operator == "is null":
        return _opposite_if(asked.negated, f"empty({field.sql})" if field.type == "list" else f"{field.sql} IS NULL")
    if asked.operator not in _OPERATORS[field.type]:
        right = ", ".join(_OPERATORS[field.type])
        raise BadFilterError(
            f"{field.name} is {_A[field.type]}, which {asked.operator!r} does not suit: ask with {right} or is null",
            column=asked.column,
        )
    if asked.operator == "in":
        found = _fact_in(field, asked, scene, binder)
        return f"({field.sql} IS NOT NULL AND {_opposite_if(asked.negated, found)})"
    return _opposite_if(asked.negated, _TESTS[field.type](field, asked.operator, asked.values[0], scene, binder))


def _fact_in(field: Field, asked: Comparison, scene: Scene, binder: Binder) -> str:
    if field.type in ("string", "json"):
        return f"{field.sql} IN {binder.texts([_fact_text(field, value) for value in asked.values])}"
    return any_of([_TESTS[field.type](field, "=", value, scene, binder) for value in asked.values])


def _fact_text(field: Field, value: Literal) -> str:
    if value.kind == "word" and field.words:
        if value.value not in field.words:
            near = nearest(str(value.value), field.words)
            right = f"did you mean {near}?" if near else f"it is one of {', '.join(field.words)}"
            raise BadFilterError(f"{field.name} is never {value.value}: {right}", column=value.column)
        return str(value.value)
    if value.kind != "text":
        example = field.words[0] if field.words else f"'{value.value}'" if value.kind == "word" else "'…'"
        raise BadFilterError(f"{field.name} is {_A[field.type]}: compare it with {example}, a text in quotes", column=value.column)
    return str(value.value)


def _text_test(field: Field, operator: str, value: Literal, _scene: Scene, binder: Binder) -> str:
    return _on_text(field.sql, operator, _fact_text(field, value), value, binder)


def _number_test(field: Field, operator: str, value: Literal, _scene: Scene, binder: Binder) -> str:
    if value.kind != "number":
        example = "2s or 500" if field.unit in TIME_UNITS else "500"
        raise BadFilterError(f"{field.name} is a number: compare it with one, like {example}", column=value.column)
    number = _number(value)
    if value.unit is None:
        number *= field.factor
    elif field.unit in TIME_UNITS:
        number *= UNITS_NS[value.unit]
    else:
        counted = f"counted in {field.unit}" if field.unit else "a plain number"
        raise BadFilterError(f"{field.name} is {counted}: write the number without {value.unit!r}", column=value.column)
    return f"{field.sql} {operator} {binder.number(number)}"


def _boolean_test(field: Field, operator: str, value: Literal, _scene: Scene, binder: Binder) -> str:
    if value.kind != "boolean":
        raise BadFilterError(f"{field.name} is true or false: write {field.name} = true", column=value.column)
    return f"{field.sql} {operator} {binder.bind(value.value, 'Bool')}"


def _time_test(field: Field, operator: str, value: Literal, scene: Scene, binder: Binder) -> str:
    try:
        ns = parse_time(_time_text(value), now_ns=scene.now_ns)
    except BadTimeError as error:
        raise BadFilterError(f"{field.name} is a time. {error}", column=value.column) from error
    return f"{field.sql} {operator} {binder.time(ns)}"


def _time_text(value: Literal) -> str:
    if value.kind != "number":
        return str(value.value)
    number = f"{_decimal(value):f}"
    return number if value.unit is None else f"{'' if number[0] == '-' else '+'}{number}{value.unit}"


def _list_test(field: Field, operator: str, value: Literal, _scene: Scene, binder: Binder) -> str:
    return f"{operator}({field.sql}, {binder.text(_fact_text(field, value))})"


_FactTest = Callable[[Field, str, Literal, Scene, Binder], str]
_TESTS: Mapping[str, _FactTest] = {
    "string": _text_test,
    "json": _text_test,
    "integer": _number_test,
    "number": _number_test,
    "boolean": _boolean_test,
    "time": _time_test,
    "list": _list_test,
}
_ORDERED = ("=", "<", "<=", ">", ">=", "in")
_TEXTUAL = (*_ORDERED, "like", "ilike", "has")
_OPERATORS: Mapping[str, tuple[str, ...]] = {
    "string": _TEXTUAL,
    "json": ("=", "in", "like", "ilike", "has"),
    "integer": _ORDERED,
    "number": _ORDERED,
    "boolean": ("=", "in"),
    "time": _ORDERED,
    "list": ("has",),
}
_A: Mapping[str, str] = {
    "string": "a text",
    "json": "a JSON text",
    "integer": "a number",
    "number": "a number",
    "boolean": "true or false",
    "time": "a time",
    "list": "a list",
}


# Attributes and resource: typed maps, compared with values of the literal's own type only.


@dataclass(frozen=True, slots=True)
class _Place:
    """A map that holds values of one type under flat keys; `read` turns a look-up into the value."""

    column: str
    read: str = "{}"


_JSON_BOOLEAN = "multiIf({0} = 'true', true, {0} = 'false', false, NULL)"
_JSON_TEXTS = "JSONExtract({}, 'Array(Nullable(String))')"
_JSON_NUMBERS = "JSONExtract({}, 'Array(Nullable(Float64))')"
_SCALARS: Mapping[tuple[Source, str], tuple[_Place, ...]] = {
    ("attributes", "text"): (_Place("attr_string"),),
    ("attributes", "number"): (_Place("attr_int"), _Place("attr_double")),
    ("attributes", "boolean"): (_Place("attr_bool"),),
    ("resource", "text"): (_Place("resource_string"),),
    ("resource", "number"): (_Place("resource_other", "toFloat64OrNull({})"),),
    ("resource", "boolean"): (_Place("resource_other", _JSON_BOOLEAN),),
}
_LISTS: Mapping[tuple[Source, str], tuple[_Place, ...]] = {
    ("attributes", "text"): (_Place("attr_other", _JSON_TEXTS),),
    ("attributes", "number"): (_Place("attr_other", _JSON_NUMBERS),),
    ("resource", "text"): (_Place("resource_other", _JSON_TEXTS),),
    ("resource", "number"): (_Place("resource_other", _JSON_NUMBERS),),
}
_ALL_MAPS: Mapping[Source, tuple[str, ...]] = {
    "attributes": ("attr_string", "attr_int", "attr_double", "attr_bool"),
    "resource": ("resource_string",),
}
_OTHER_MAP: Mapping[Source, str] = {"attributes": "attr_other", "resource": "resource_other"}
_BY_KIND: Mapping[str, tuple[str, ...]] = {"text": _TEXTUAL, "number": (*_ORDERED, "has"), "boolean": ("=", "in")}


def _keyed(asked: Comparison, _scene: Scene, binder: Binder) -> str:
    source, key = asked.term.source, binder.text(asked.term.name)
    if asked.term.scope == "trace":
        raise BadFilterError(
            f"A trace has no {source} of its own: ask {source}['…'] of its spans, or root.{source}['…']", column=asked.term.column
        )
    if asked.operator == "is null":
        other = _OTHER_MAP[source]
        there = [f"mapContains({column}, {key})" for column in _ALL_MAPS[source]]
        there.append(f"(mapContains({other}, {key}) AND {other}[{key}] != 'null')")
        return _opposite_if(not asked.negated, any_of(there))
    found = [
        f"(mapContains({place.column}, {key}) AND {_opposite_if(asked.negated, any_of(tests))})"
        for place, tests in _by_place(asked, key, binder).items()
    ]
    # An opposite that both a text and a list could answer must hold for whichever of them is there.
    return any_of(found)


def _by_place(asked: Comparison, key: str, binder: Binder) -> dict[_Place, list[str]]:
    tests: dict[_Place, list[str]] = {}
    for value in asked.values:
        _check_keyed(asked, value)
        kind = (asked.term.source, value.kind)
        scalar = _SCALARS[kind] if asked.operator != "has" or value.kind == "text" else ()
        for place in scalar:
            sql = place.read.format(f"{place.column}[{key}]")
            tests.setdefault(place, []).append(_on_value(sql, "=" if asked.operator == "in" else asked.operator, value, binder))
        for place in _LISTS[kind] if asked.operator == "has" else ():
            sql = place.read.format(f"{place.column}[{key}]")
            sought = binder.text(str(value.value)) if value.kind == "text" else binder.number(_number(value))
            tests.setdefault(place, []).append(f"has({sql}, {sought})")
    return tests


def _check_keyed(asked: Comparison, value: Literal) -> None:
    shown = f"{asked.term.source}['…']"
    if value.kind not in _BY_KIND:
        raise BadFilterError(
            f"Compare {shown} with a text in quotes, a number, true or false; what is missing answers to '{shown} is null'",
            column=value.column,
        )
    if asked.operator not in _BY_KIND[value.kind]:
        right = ", ".join(_BY_KIND[value.kind])
        raise BadFilterError(f"{asked.operator!r} does not suit a {value.kind}: ask with {right} or is null", column=asked.column)
    if value.unit is not None:
        raise BadFilterError(f"{shown} has no unit: write the number without {value.unit!r}", column=value.column)


# Scores


def _score(asked: Comparison, scene: Scene, binder: Binder) -> str:
    """A span's own scores and those of its whole trace and session; with `trace.` those of the trace, its session and any of its spans."""
    project, name = binder.text(scene.project), binder.text(asked.term.name)
    if asked.operator == "is null":
        answers = {"any": "(value IS NOT NULL OR label IS NOT NULL)"}.get(asked.term.part, f"{asked.term.part} IS NOT NULL")
    else:
        answers = _opposite_if(asked.negated, any_of([_score_test(asked, value, binder) for value in asked.values]))
    scored = f"FROM scores WHERE project = {project} AND name = {name} AND {binder.traces_in(reach(scene.window))} AND {answers}"
    of_session = f"(session_id IS NOT NULL AND session_id IN (SELECT session_id {scored} AND target = 'session'))"
    if asked.term.scope == "trace":
        found = f"(trace_id IN (SELECT trace_id {scored} AND target != 'session') OR {of_session})"
    else:
        found = (
            f"((trace_id, span_id) IN (SELECT trace_id, span_id {scored} AND target = 'span')"
            f" OR trace_id IN (SELECT trace_id {scored} AND target = 'trace') OR {of_session})"
        )
    return _opposite_if(asked.operator == "is null" and not asked.negated, found)


def _score_test(asked: Comparison, value: Literal, binder: Binder) -> str:
    operator, part, name = "=" if asked.operator == "in" else asked.operator, asked.term.part, asked.term.name
    if (part, value.kind) in (("value", "text"), ("label", "number")):
        right = f"score.{name}.label is its label" if part == "value" else f"score.{name} is its number"
        raise BadFilterError(f"score.{name}{'' if part == 'value' else '.label'} is no {value.kind}: {right}", column=value.column)
    if value.kind not in ("number", "text") or value.unit is not None or operator == "has":
        raise BadFilterError("Compare a score with a number, or its label with a text in quotes", column=value.column)
    if value.kind == "number" and operator in ("like", "ilike"):
        raise BadFilterError(f"{operator!r} asks for a score's label: write a text in quotes", column=value.column)
    return _on_value("label" if value.kind == "text" else "value", operator, value, binder)


_SOURCES: Mapping[Source, Callable[[Comparison, Scene, Binder], str]] = {
    "fact": _fact,
    "attributes": _keyed,
    "resource": _keyed,
    "scores": _score,
}


# Values


def _on_value(sql: str, operator: str, value: Literal, binder: Binder) -> str:
    if value.kind == "text":
        return _on_text(sql, operator, str(value.value), value, binder)
    if value.kind == "boolean":
        return f"{sql} {operator} {binder.bind(value.value, 'Bool')}"
    return f"{sql} {operator} {binder.number(_number(value))}"


def _on_text(sql: str, operator: str, text: str, value: Literal, binder: Binder) -> str:
    if operator == "has":
        return f"position({sql}, {binder.text(text)}) > 0"
    if operator in ("like", "ilike"):
        trailing = len(text) - len(text.rstrip("\\"))
        if trailing % 2:
            raise BadFilterError("The pattern ends in a lone \\: write \\\\ for a backslash", column=value.column)
        return f"{sql} {operator.upper()} {binder.text(text)}"
    return f"{sql} {operator} {binder.text(text)}"


def _decimal(value: Literal) -> Decimal:
    if not isinstance(value.value, Decimal):
        _no_number(value)
    # Beyond these a double is infinite; a Fraction of 1e999999999 would also fill the memory.
    if value.value.is_zero():
        return Decimal(0)
    if value.value.adjusted() > 300:
        raise BadFilterError("This number is too large: at most 1e300", column=value.column)
    return value.value if value.value.adjusted() > -300 else Decimal(0)


def _number(value: Literal) -> Fraction:
    return Fraction(_decimal(value))


def _no_number(value: Literal) -> NoReturn:
    raise BadFilterError("A number is needed here", column=value.column)
