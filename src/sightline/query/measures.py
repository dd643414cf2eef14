"""What can be measured, and as which SQL: `count`, `sum(cost_usd)`, `p95(duration_ms)`, `share(status = error)` …

A measure is a row of a table. Every one of them exists plain and weighted: a span that stands for 1/p others, because it was
sampled upstream, counts as that many in counts, sums, means and quantiles.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sightline.errors import BadRequestError
from sightline.query.suggest import nearest
from sightline.query.syntax import Expression, MeasureText, Term

# Beyond this many rows quantiles and distinct counts become sketches: exact ones keep every value in memory.
EXACT_ROWS = 20_000_000
QUANTILE_ERROR = 0.01

ValueType = Literal["integer", "number", "time"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a query measures: with weights or without, exactly or by sketches."""

    weighted: bool = False
    sketched: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A number to measure as SQL; NULL is unknown. `factor` of the asked unit make one that is stored.

    `counted` is the condition under which it counts at all ('1': always).
    """

    sql: str
    type: ValueType
    unit: str | None = None
    factor: int = 1
    counted: str = "1"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure ready to be asked: SQL, and what comes back. `approximate`: within 1 % instead of exact."""

    sql: str
    type: ValueType
    unit: str | None = None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a measure needs to know of the rows it measures: values and keys of terms, filters as conditions."""

    value: Callable[[Term], Value]
    key: Callable[[Term], str]
    condition: Callable[[Expression], str]


def measure(text: MeasureText, terms: Terms, manner: Manner) -> Measure:
    """The SQL of a measure. Raises BadRequestError that says which measures there are."""
    make = _MEASURES.get(text.function)
    if make is None:
        near = nearest(text.function, _MEASURES)
        right = f"did you mean {near!r}? " if near else ""
        raise BadRequestError(f"Unknown measure {text.function!r}: {right}There are {MEASURES_TEXT}.")
    return make(text, terms, manner)


MEASURES_TEXT = (
    "count, count(<filter>), error_rate, share(<filter>, <among which filter>), sum(x), avg(x) or mean(x), min(x), max(x),"
    " p50(x) … p99.9(x), uniq(x)"
)


def _weights(manner: Manner, condition: str = "1") -> str:
    if condition == "1":
        return "sum(weight)" if manner.weighted else "count()"
    return f"sumIf(weight, {condition})" if manner.weighted else f"countIf({condition})"


def _count(text: MeasureText, terms: Terms, manner: Manner) -> Measure:
    condition = terms.condition(text.filters[0]) if text.filters else "1"
    return Measure(_weights(manner, condition), "number" if manner.weighted else "integer")


def _error_rate(text: MeasureText, _terms: Terms, manner: Manner) -> Measure:
    _alone(text)
    failed = _weights(manner, "status = 'error'")
    return Measure(f"{failed} / {_weights(manner)}", "number")


def _share(text: MeasureText, terms: Terms, manner: Manner) -> Measure:
    if not text.filters:
        raise BadRequestError("share asks for a filter: share(status = error), or share(status = error, kind = llm) among the latter.")
    of, *among = [terms.condition(expression) for expression in text.filters]
    if not among:
        return Measure(f"{_weights(manner, of)} / {_weights(manner)}", "number")
    return Measure(f"{_weights(manner, f'({of}) AND ({among[0]})')} / {_weights(manner, among[0])}", "number")


def _sum(text: MeasureText, terms: Terms, manner: Manner) -> Measure:
    value = _number(text, terms)
    if manner.weighted:
        return _scaled(f"sumIf({value.sql} * weight, {value.counted})", value, "number")
    # 128 bits: what senders claim must not wrap around.
    inner = f"toInt128({value.sql})" if value.type == "integer" else value.sql
    return _scaled(f"sumIf({inner}, {value.counted})", value, value.type)


def _avg(text: MeasureText, terms: Terms, manner: Manner) -> Measure:
    value = _number(text, terms)
    if not manner.weighted:
        return _scaled(f"avgIf({value.sql}, {value.counted})", value, "number")
    known = f"{value.counted} AND ({value.sql}) IS NOT NULL"
    return _scaled(f"sumIf({value.sql} * weight, {value.counted}) / sumIf(weight, {known})", value, "number")


def _extreme(text: MeasureText, terms: Terms, _manner: Manner) -> Measure:
    value = terms.value(_term(text))
    return _scaled(f"{text.function}If({value.sql}, {value.counted})", value, value.type)


def _quantile(text: MeasureText, terms: Terms, manner: Manner) -> Measure:
    value = _number(text, terms)
    percent = float(text.level or "")
    if percent > 100:
        raise BadRequestError(f"p{text.level} is no percentile: write p0 to p100, such as p95 or p99.9.")
    level = repr(percent / 100)
    weight = "toUInt64(round(weight * 1000))"
    sql = {
        Manner(): f"quantileExactInclusiveIf({level})({value.sql}, {value.counted})",
        Manner(sketched=True): f"quantileDDIf({QUANTILE_ERROR}, {level})({value.sql}, {value.counted})",
        Manner(weighted=True): f"quantileExactWeightedInterpolatedIf({level})({value.sql}, {weight}, {value.counted})",
        Manner(weighted=True, sketched=True): f"quantileTDigestWeightedIf({level})({value.sql}, {weight}, {value.counted})",
    }[manner]
    return _scaled(sql, value, "number", approximate=manner.sketched)


def _uniq(text: MeasureText, terms: Terms, manner: Manner) -> Measure:
    key = terms.key(_term(text))
    return Measure(f"{'uniqCombined64' if manner.sketched else 'uniqExact'}({key})", "integer", approximate=manner.sketched)


_MEASURES: Mapping[str, Callable[[MeasureText, Terms, Manner], Measure]] = {
    "count": _count,
    "error_rate": _error_rate,
    "share": _share,
    "sum": _sum,
    "avg": _avg,
    "mean": _avg,
    "min": _extreme,
    "max": _extreme,
    "quantile": _quantile,
    "uniq": _uniq,
}


def _scaled(sql: str, value: Value, type_: ValueType, *, approximate: bool = False) -> Measure:
    if value.factor == 1:
        return Measure(sql, type_, value.unit, approximate)
    return Measure(f"({sql}) / {value.factor}", "number", value.unit, approximate)


def _number(text: MeasureText, terms: Terms) -> Value:
    term = _term(text)
    value = terms.value(term)
    if value.type == "time":
        raise BadRequestError(f"{term.name} is a time: only min and max can be taken of it.")
    return value


def _term(text: MeasureText) -> Term:
    if text.term is None:
        shown = "p95" if text.function == "quantile" else text.function
        raise BadRequestError(f"{shown} asks for a fact: {shown}(duration_ms), say.")
    return text.term


def _alone(text: MeasureText) -> None:
    if text.term is not None:
        raise BadRequestError(f"{text.function} stands alone: write {text.function}.")
