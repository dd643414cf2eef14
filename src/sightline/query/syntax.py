"""The filter language's text → a tree. Nothing here knows which facts exist or what the engine's SQL looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal as OneOf
from typing import NoReturn, cast

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from sightline.errors import BadFilterError

Scope = OneOf["span", "root", "trace"]
Source = OneOf["fact", "attributes", "resource", "scores"]
Operator = OneOf["=", "<", "<=", ">", ">=", "in", "like", "ilike", "has", "is null"]
Part = OneOf["any", "value", "label"]
LiteralKind = OneOf["text", "number", "time", "boolean", "null", "word"]

MAX_COMPARISONS = 200
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Term:
    """What is asked about: a fact, or a key of the attributes, the resource or the scores. `column` counts from 1.

    `part` of a score: `score.NAME` is its value, `score.NAME.label` its label, `scores['NAME']` either.
    """

    scope: Scope
    source: Source
    name: str
    column: int
    part: Part = "any"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written; a `word` stands without quotes. `unit` is that of a number with one, such as 2s."""

    kind: LiteralKind
    value: str | Decimal | bool | None
    column: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`term operator values`; `negated` for !=, not in, not like, not has, is not null."""

    term: Term
    operator: Operator
    values: tuple[Literal, ...]
    negated: bool
    column: int
    depth: int = 1
    size: int = 1


@dataclass(frozen=True, slots=True)
class Both:
    """Every item holds (`word` is 'and'), or at least one does ('or')."""

    word: OneOf["and", "or"]
    items: "tuple[Expression, ...]"
    depth: int
    size: int


@dataclass(frozen=True, slots=True)
class Opposite:
    """`not item`."""

    item: "Expression"
    depth: int
    size: int


Expression = Comparison | Both | Opposite


@dataclass(frozen=True, slots=True)
class MeasureText:
    """A measure as written: `function(term)`, or `count`/`share` of filters. `level` in percent for pNN."""

    function: str
    term: Term | None = None
    filters: tuple[Expression, ...] = ()
    level: str | None = None


def parse_filter(text: str) -> Expression | None:
    """The tree of a filter, None for an empty one. Raises BadFilterError pointing at the column."""
    return None if not text.strip() else cast("Expression", _parse(text, "filter", "filter"))


def parse_measure(text: str) -> MeasureText:
    """The tree of a measure such as `p95(duration_ms)`. Raises BadFilterError pointing at the column."""
    return cast("MeasureText", _parse(text, "measure", "measure"))


def parse_term(text: str) -> Term:
    """A fact's name or `attributes['…']`, as in group_by. Raises BadFilterError pointing at the column."""
    return cast("Term", _parse(text, "group", "name"))


def _parse(text: str, start: str, what: str) -> object:
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as error:
        _explain(error, text, what)


def negated(expression: Expression) -> Expression:
    """The same question the other way round, with every `not` pushed down to the comparisons.

    An unknown fact answers neither a comparison nor its opposite; that survives only when no `not` is left above.
    """
    match expression:
        case Comparison():
            return Comparison(expression.term, expression.operator, expression.values, not expression.negated, expression.column)
        case Both():
            return Both(
                "or" if expression.word == "and" else "and",
                tuple(negated(item) for item in expression.items),
                expression.depth,
                expression.size,
            )
        case Opposite():
            return without_not(expression.item)


def without_not(expression: Expression) -> Expression:
    """The same expression made of comparisons, and, or."""
    match expression:
        case Comparison():
            return expression
        case Both():
            return Both(expression.word, tuple(without_not(item) for item in expression.items), expression.depth, expression.size)
        case Opposite():
            return negated(expression.item)


@v_args(inline=True)
class _Tree(Transformer[Token, object]):
    """Builds the tree while the text is parsed, so that deep nesting never recurses."""

    def filter(self, expression: Expression) -> Expression:
        return expression

    def group(self, term: Term) -> Term:
        return term

    def disjunction(self, *items: Expression) -> Expression:
        return _both("or", items)

    def conjunction(self, *items: Expression) -> Expression:
        return _both("and", items)

    def opposite(self, _not: Token, item: Expression) -> Expression:
        return Opposite(item, _deeper(item.depth), item.size)

    def compare(self, term: Term, operator: Token, value: Literal) -> Expression:
        plain = {"!=": "=", "<>": "=", "==": "="}.get(operator, str(operator))
        return Comparison(term, cast("Operator", plain), (value,), operator in ("!=", "<>"), term.column)

    def worded(self, term: Term, not_: Token | None, operator: Token, value: Literal) -> Expression:
        return Comparison(term, cast("Operator", operator.lower()), (value,), not_ is not None, term.column)

    def listed(self, term: Term, not_: Token | None, _in: Token, *values: Literal) -> Expression:
        return Comparison(term, "in", values, not_ is not None, term.column)

    def nothing(self, term: Term, _is: Token, not_: Token | None, _null: Token) -> Expression:
        return Comparison(term, "is null", (), not_ is not None, term.column)

    def term(self, scope: Token | None, name: Token, key: Token | None) -> Term:
        column = _column(scope if scope is not None else name)
        where = cast("Scope", "span" if scope is None else scope.rstrip(" \t\r\n.").lower())
        if key is None:
            return Term(where, "fact", str(name), column)
        if name not in ("attributes", "resource", "scores"):
            raise BadFilterError(f"{str(name)!r} has no keys: attributes['…'], resource['…'] and scores['…'] have", column=_column(name))
        return Term(where, cast("Source", str(name)), _unquoted(key), column)

    def score(self, scope: Token | None, score: Token) -> Term:
        where = cast("Scope", "span" if scope is None else scope.rstrip(" \t\r\n.").lower())
        name = score.partition(".")[2]
        bare = name.removesuffix(".label")
        return Term(where, "scores", bare, _column(scope if scope is not None else score), "value" if bare == name else "label")

    def literal(self, token: Token) -> Literal:
        column = _column(token)
        match token.type:
            case "STRING":
                return Literal("text", _unquoted(token), column)
            case "TIME":
                return Literal("time", str(token), column)
            case "TRUE" | "FALSE":
                return Literal("boolean", token.type == "TRUE", column)
            case "NULL":
                return Literal("null", None, column)
            case "NAME":
                return Literal("word", str(token), column)
            case _:
                digits = token.rstrip("nuµmshd")
                return Literal("number", Decimal(digits), column, token[len(digits) :] or None)

    def count_all(self, _count: Token) -> MeasureText:
        return MeasureText("count")

    def count_of(self, _count: Token, expression: Expression) -> MeasureText:
        return MeasureText("count", filters=(expression,))

    def share(self, _share: Token, of: Expression, among: Expression | None) -> MeasureText:
        return MeasureText("share", filters=(of,) if among is None else (of, among))

    def function(self, name: Token, term: Term) -> MeasureText:
        if name.type == "QUANTILE":
            return MeasureText("quantile", term=term, level=name[1:])
        return MeasureText(str(name), term=term)

    def plain(self, name: Token) -> MeasureText:
        return MeasureText(str(name))


def _both(word: OneOf["and", "or"], items: Sequence[Expression]) -> Expression:
    size = sum(item.size for item in items)
    if size > MAX_COMPARISONS:
        raise BadFilterError(
            f"More than {MAX_COMPARISONS} comparisons: write alternatives of one fact as in (…)", column=_first_column(items[-1])
        )
    return Both(word, tuple(items), _deeper(max(item.depth for item in items)), size)


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise BadFilterError(f"Nested deeper than {MAX_DEPTH} levels: write it flatter", column=1)
    return depth + 1


def _first_column(expression: Expression) -> int:
    while not isinstance(expression, Comparison):
        expression = expression.item if isinstance(expression, Opposite) else expression.items[0]
    return expression.column


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _unquoted(token: Token) -> str:
    quote = token[0]
    return str(token[1:-1]).replace(quote * 2, quote)


_WORDS = {
    "NAME": "a name",
    "SCOPE": "root. or trace.",
    "SCORE": "score.…",
    "COMPARE": "=, !=, <, <=, >, >=",
    "IN": "in",
    "LIKE": "like",
    "HAS": "has",
    "IS": "is null",
    "NOT": "not",
    "NULL": "null",
    "STRING": "a text in quotes",
    "QUANTITY": "a number",
    "TIME": "a time",
    "TRUE": "true",
    "FALSE": "false",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "['…']",
    "RSQB": "]",
    "COMMA": "a comma",
    "_AND": "and",
    "_OR": "or",
    "COUNT": "count",
    "SHARE": "share(…)",
    "QUANTILE": "p95(…)",
    "$END": "the end",
}


def _explain(error: UnexpectedInput, text: str, what: str) -> NoReturn:
    """The grammar's complaint in a reader's words: what stands there, and what may stand there."""
    position = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else len(text)
    expected: set[str] = set()
    if isinstance(error, UnexpectedToken):
        expected = set(error.accepts or error.expected)
        if error.token.type == "$END":
            position = len(text)
    elif isinstance(error, UnexpectedCharacters):
        expected = set(error.allowed or ())
    right = ", ".join(word for name, word in _WORDS.items() if name in expected)
    column = position + 1
    if position >= len(text):
        raise BadFilterError(f"The {what} ends too soon: next comes {right}", column=column) from error
    if text[position] in "'\"":
        if isinstance(error, UnexpectedCharacters):
            raise BadFilterError(f"The text that begins here has no closing {text[position]}", column=column) from error
        raise BadFilterError(f"No text in quotes can stand here: next comes {right}", column=column) from error
    there = text[position:].split(maxsplit=1)[0][:30]
    raise BadFilterError(f"Can't read {there!r}: next comes {right}", column=column) from error


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("filter.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        start=["filter", "measure", "group"],
        transformer=_Tree(),
        maybe_placeholders=True,
    )
