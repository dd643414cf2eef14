"""Filters that are written, not typed: they read back as the very values that they were made of."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.query import both, one_of, quoted
from sightline.query.syntax import Both, Comparison, Literal, Term, parse_filter, parse_term
from sightline.query.writing import Kind, has_value

TENANT, TIER, CORES = parse_term("tenant"), parse_term("attributes['tier']"), parse_term("resource['cores']")
HOSTILE = ["", "'", "''", '"', "\\", "\\'", "a' or 'b", "NaN", "null", "true", "7", "\n\t\0", "é中文🙂", "%_", "{p0:String}", "$source"]


def literal(text: str | None) -> Literal:
    expression = parse_filter(text or "")
    assert isinstance(expression, Comparison)
    return expression.values[0]


@given(text=st.text() | st.sampled_from(HOSTILE))
def test_any_text_comes_back(text: str) -> None:
    assert literal(has_value(TENANT, text)).value == text
    assert literal(has_value(TIER, text, {"text"})).value == text


@given(key=st.text(min_size=1) | st.sampled_from(HOSTILE[1:]))
def test_any_key_comes_back(key: str) -> None:
    expression = parse_filter(has_value(Term("span", "attributes", key, 1), "x", {"text"}) or "")
    assert isinstance(expression, Comparison)
    assert expression.term.name == key


@given(number=st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False, min_value=1e-300, max_value=1e300))
def test_any_number_comes_back(number: float) -> None:
    assert Decimal(str(literal(has_value(TIER, str(number), {"number"})).value)) == Decimal(str(number))


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("nan", "number", None),
        ("inf", "number", None),
        ("1e-320", "number", None),
        ('["a"]', "other", None),
        ("true", "boolean", "resource['cores'] = true"),
        ("4", "other", "resource['cores'] = 4"),
        ("4", "text", "resource['cores'] = '4'"),
    ],
)
def test_what_the_language_can_not_say_is_not_said(text: str, kind: Kind, written: str | None) -> None:
    assert has_value(CORES, text, {kind}) == written


def test_a_value_that_is_text_here_and_a_number_there_is_both() -> None:
    assert has_value(TIER, "5", {"text", "number"}) == "(attributes['tier'] = 5) or (attributes['tier'] = '5')"


def test_unknown_is_asked_for_as_null() -> None:
    assert has_value(TENANT, None) == "tenant is null"


def test_filters_join_without_changing_what_they_say() -> None:
    expression = parse_filter(both(["a = 1 or b = 2", "", "c = 3"]))
    assert isinstance(expression, Both)
    assert expression.word == "and"
    assert both(["a = 1"]) == "a = 1"
    assert both([]) == ""
    assert one_of("trace_id", ["a'b", quoted("c")]) == "trace_id in ('a''b', '''c''')"
