"""What the language takes, and what it says of what it doesn't take."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.errors import BadFilterError, BadRequestError, UnknownFactError
from sightline.query import SPAN_FIELDS, Filter, Scene, Window
from sightline.query.binder import Binder
from sightline.query.syntax import parse_measure
from sightline.query.times import SECOND_NS

SCENE = Scene("default", Window(), 1_793_491_200 * SECOND_NS)


def compiled(text: str) -> tuple[str, dict[str, object]]:
    binder = Binder()
    return Filter.parse(text).on_spans(SCENE, binder), binder.params


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("kind", 5, "The filter ends too soon: next comes =, !="),
        ("kind =", 7, "a text in quotes"),
        ("kind llm", 6, "Can't read 'llm'"),
        ("kind = 'llm", 8, "no closing '"),
        ("(kind = llm", 12, "next comes )"),
        ("kind = llm)", 11, "next comes the end"),
        ("kind = llm model = 'x'", 12, "Can't read 'model'"),
        ("kind in ()", 10, "a text in quotes"),
        ("kind is 5", 9, "not, null"),
        ("5 = kind", 1, "a name"),
        ("kind = llm and", 15, "a name"),
        ("name ~ 'x'", 6, "Can't read '~'"),
        ("foo['x'] = 1", 1, "'foo' has no keys"),
        ("kind = lmm", 8, "did you mean llm?"),
        ("kind = nonsense", 8, "it is one of request, chain, llm"),
        ("model = gpt", 9, "'gpt'"),
        ("model = 5", 9, "a text in quotes"),
        ("model = null", 9, "a text in quotes"),
        ("duration_ms > 'abc'", 15, "duration_ms is a number"),
        ("duration_ms > 1s and cost_usd > 2s", 33, "counted in USD: write the number without 's'"),
        ("duration_ms like '5%'", 1, "ask with =, <"),
        ("streamed = 1", 12, "write streamed = true"),
        ("streamed > true", 1, "'>' does not suit"),
        ("start > 'yesterday'", 9, "RFC 3339"),
        ("start > llm", 9, "RFC 3339"),
        ("input_tokens = 1e999", 16, "too large"),
        ("attributes['x'] = null", 19, "is null"),
        ("attributes['x'] = word", 19, "a text in quotes"),
        ("attributes['x'] > 2s", 19, "has no unit"),
        ("attributes['x'] like 5", 1, "does not suit a number"),
        ("attributes['x'] < true", 1, "does not suit a boolean"),
        ("trace.attributes['x'] = 1", 1, "root.attributes"),
        ("scores['x'] has 'y'", 17, "Compare a score"),
        ("models = 'gpt-4o'", 1, "ask with has"),
        ("name like 'x\\'", 11, "lone \\"),
    ],
)
def test_an_error_points_at_the_column_and_says_what_would_be_right(text: str, column: int, says: str) -> None:
    with pytest.raises(BadFilterError) as raised:
        compiled(text)
    assert (raised.value.column, says in str(raised.value)) == (column, True), str(raised.value)


@pytest.mark.parametrize(
    ("text", "column", "suggested"),
    [("modle = 'x'", 1, "model"), ("kind = llm and durtion_ms > 5", 16, "duration_ms"), ("trace.model = 'x'", 1, "models")],
)
def test_an_unknown_fact_is_answered_with_the_nearest(text: str, column: int, suggested: str) -> None:
    with pytest.raises(UnknownFactError, match=f"did you mean '{suggested}'") as raised:
        compiled(text)
    assert raised.value.column == column


def test_keywords_may_be_in_capitals_and_begin_names() -> None:
    Filter.parse("KIND IS NULL AND NOT (a IN (1)) OR b NOT LIKE 'x'")
    Filter.parse("android = 1 and order_id = 2 or inside = 3 and nothing is null and island = 4")


def test_quotes_are_doubled_inside_a_text() -> None:
    assert compiled("name = 'it''s \"so\"'")[1] == {"p0": 'it\'s "so"'}
    assert compiled('name = "it\'s ""so"""')[1] == {"p0": 'it\'s "so"'}


@pytest.mark.parametrize("text", ["a = 1" + " and a = 1" * 200, "not " * 60 + "a = 1", "not (a = 1 or " * 60 + "a = 1" + ")" * 60])
def test_a_filter_has_its_limits(text: str) -> None:
    with pytest.raises(BadFilterError, match=r"More than 200|Nested deeper"):
        Filter.parse(text)


def test_parentheses_alone_are_free() -> None:
    assert Filter.parse("(" * 5_000 + "kind = llm" + ")" * 5_000) == Filter.parse(" " * 5_000 + "kind = llm")


@pytest.mark.parametrize(
    "hostile",
    ["' OR 1=1 --", "'); DROP TABLE spans; --", "{p0:String}", "$filter", "`spans`", "\\", "%s", "\x00", "*/", "a' UNION SELECT '"],
)
def test_nothing_of_a_question_reaches_the_sql(hostile: str) -> None:
    quoted = hostile.replace("'", "''")
    harmless = compiled("name = 'x' and attributes['x'] = 'x' and scores['x'] = 'x' and resource['x'] has 'x' and kind in ('x', 'x')")
    text = f"name = '{quoted}' and attributes['{quoted}'] = '{quoted}' and scores['{quoted}'] = '{quoted}'"
    text += f" and resource['{quoted}'] has '{quoted}' and kind in ('{quoted}', '{quoted}')"
    sql, params = compiled(text)
    assert sql == harmless[0]
    assert sum(value in (hostile, [hostile, hostile]) for value in params.values()) == 11 - 2


_TERMS = ["trace.", "root.", "attributes['k']", "scores['s']", "models", "'text'", "5", "2s", "true", "null", "llm", "2026-11-01"]
_SIGNS = [
    "=",
    "!=",
    "<",
    ">=",
    "in",
    "not",
    "like",
    "has",
    "is",
    "and",
    "or",
    "(",
    ")",
    ",",
    "[",
    "]",
    "'",
    '"',
    "é",
    "\ud800",
    "\x00",
    "\\",
]
_PIECES = st.sampled_from([*SPAN_FIELDS, *_TERMS, *_SIGNS])


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=12).map(" ".join)))
def test_any_text_is_a_filter_or_an_error_of_ours_within_the_text(text: str) -> None:
    try:
        compiled(text)
    except BadRequestError as error:
        column = getattr(error, "column", None)
        assert column is not None
        assert 1 <= column <= len(text) + 1


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=6).map("".join).map("p95({})".format)))
def test_any_text_is_a_measure_or_an_error_of_ours(text: str) -> None:
    column = 1
    try:
        parse_measure(text)
    except BadFilterError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
