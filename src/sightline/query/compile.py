"""A filter's tree → one SQL condition with bound parameters, for questions about spans and about traces.

No text of the question reaches the SQL: names become expressions through the table in `fields`, everything else (values,
attribute keys, score names) is bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sightline.errors import BadFilterError
from sightline.query.binder import Binder, buckets
from sightline.query.conditions import Scene, all_of, any_of, condition, of_score, scope_of
from sightline.query.fields import SCORE_FIELDS, TRACE_FIELDS
from sightline.query.syntax import Both, Comparison, Expression, Opposite, Scope, Term, negated, parse_filter, without_not
from sightline.query.times import reach


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter read and free of `not`s; None asks nothing."""

    expression: Expression | None

    @classmethod
    def parse(cls, text: str) -> "Filter":
        """Raises BadFilterError that points at the column."""
        expression = parse_filter(text)
        return cls(None if expression is None else without_not(expression))

    def facts_of_spans(self) -> frozenset[str] | None:
        """The facts of a span that decide, None where something else does: an attribute, a score, the span's trace."""
        terms = list(_terms(self.expression)) if self.expression is not None else []
        if any(term.source != "fact" or scope_of(term) != "span" for term in terms):
            return None
        return frozenset(term.name for term in terms)

    def of_requests(self) -> "Filter":
        """The same filter with names that requests have meaning the request's own: `status` its status, not that of one of its spans."""
        return Filter(None if self.expression is None else _of_requests(self.expression))

    def opposite(self) -> "Filter":
        """What answers no where this one answers yes; what is unknown answers neither. Raises BadFilterError for a filter of everything."""
        if self.expression is None:
            raise BadFilterError("An empty filter has no opposite: say what is asked for", column=1)
        return Filter(negated(self.expression))

    def on_spans(self, scene: Scene, binder: Binder) -> str:
        """The condition on rows of `spans`. Raises BadFilterError or UnknownFactError."""
        return "1" if self.expression is None else _Compiler(scene, binder).on_spans(self.expression)

    def on_traces(self, scene: Scene, binder: Binder) -> str:
        """The condition on rows of `traces`: one of the trace's spans satisfies the whole filter. Raises as `on_spans`."""
        return "1" if self.expression is None else _Compiler(scene, binder).on_traces(self.expression)

    def on_scores(self, scene: Scene, binder: Binder) -> str:
        """The condition on rows of `scores`: what a score has is asked of it, the rest of what it scores. Raises as `on_spans`."""
        return "1" if self.expression is None else _Compiler(scene, binder).on_scores(self.expression)


def _terms(expression: Expression) -> Iterator[Term]:
    match expression:
        case Comparison():
            yield expression.term
        case Both():
            for item in expression.items:
                yield from _terms(item)
        case Opposite():
            yield from _terms(expression.item)


def about_requests(text: str) -> str:
    """A filter's text that says `trace.` before the names that requests have. Raises BadFilterError."""
    expression = parse_filter(text)
    columns = [] if expression is None else sorted(_own_names(expression), reverse=True)
    for column in columns:
        text = f"{text[: column - 1]}trace.{text[column - 1 :]}"
    return text


def _own_names(expression: Expression) -> Iterator[int]:
    match expression:
        case Comparison(term=Term("span", "fact", name, column)) if name in TRACE_FIELDS:
            yield column
        case Both():
            for item in expression.items:
                yield from _own_names(item)
        case Opposite():
            yield from _own_names(expression.item)


def _of_requests(expression: Expression) -> Expression:
    match expression:
        case Comparison(term=Term("span", "fact", name)) if name in TRACE_FIELDS:
            return replace(expression, term=replace(expression.term, scope="trace"))
        case Both():
            return replace(expression, items=tuple(_of_requests(item) for item in expression.items))
        case Opposite():
            return _of_requests(without_not(expression))
        case _:
            return expression


@dataclass(frozen=True, slots=True)
class _Compiler:
    scene: Scene
    binder: Binder

    def on_spans(self, expression: Expression) -> str:
        scope = _scope(expression)
        if scope in ("trace", "root"):
            return self._related(expression, scope)
        if isinstance(expression, Both):
            return _joined(expression.word, [self.on_spans(item) for item in _grouped(expression)])
        return self._on_its_row(expression)

    def on_traces(self, expression: Expression) -> str:
        """Conjuncts about the trace are asked of its row, those about its root of the root, the others of one span."""
        conjuncts = expression.items if isinstance(expression, Both) and expression.word == "and" else (expression,)
        conditions = [self._on_its_row(item) for item in conjuncts if _scope(item) == "trace"]
        roots = [item for item in conjuncts if _scope(item) == "root"]
        spans = [item for item in conjuncts if _scope(item) in ("span", None)]
        if roots:
            conditions.append(self._related(_together("and", roots), "root"))
        if spans:
            conditions.append(self._one_of_its_spans(_together("and", spans)))
        return all_of(conditions)

    def on_scores(self, expression: Expression) -> str:
        """What only spans have is asked of the span that is scored, or of any span of the trace or session."""
        if isinstance(expression, Comparison) and _of_score(expression):
            return of_score(expression, self.scene, self.binder)
        if isinstance(expression, Both):
            own = [item for item in expression.items if _all_of_score(item)]
            others = [item for item in expression.items if not _all_of_score(item)]
            if own and (len(own) > 1 or others):
                conditions = [self.on_scores(item) for item in own]
                return _joined(expression.word, [*conditions, self.on_scores(_together(expression.word, others))] if others else conditions)
            if expression.word == "or" or any(not _none_of_score(item) for item in others):
                return _joined(expression.word, [self.on_scores(item) for item in expression.items])
        near, project = reach(self.scene.window), self.binder.text(self.scene.project)
        return (
            "(trace_id, span_id, session_id) IN (SELECT scored.1, scored.2, scored.3 FROM spans"
            " ARRAY JOIN [(trace_id, span_id, ''), (trace_id, '', ''), ('', '', ifNull(session_id, ''))] AS scored"
            f" WHERE project = {project} AND {self.binder.spans_in(near)} AND {self.on_spans(expression)})"
        )

    def _related(self, expression: Expression, scope: Scope) -> str:
        """The span's trace or root answers in its stead."""
        near, project = reach(self.scene.window), self.binder.text(self.scene.project)
        which = (
            f"traces WHERE project = {project} AND {self.binder.traces_in(near)}"
            if scope == "trace"
            else f"spans WHERE parent_span_id IS NULL AND project = {project} AND {self.binder.spans_in(near)}"
        )
        return f"trace_id IN (SELECT trace_id FROM {which} AND {self._on_its_row(expression)})"

    def _one_of_its_spans(self, expression: Expression) -> str:
        """The window is that of the traces; their spans may start later, up to the last that is known."""
        binder, window = self.binder, self.scene.window
        project = binder.text(self.scene.project)
        sides, known = [f"project = {project}"], ""
        lowest, end = binder.sides(window)
        if lowest:
            sides.append(buckets("start", ">=", lowest))
        if end:
            last = f"(SELECT max(last_start) FROM traces WHERE project = {project} AND {binder.traces_in(window)})"
            # Named, not repeated: the engine would plan the view behind `traces` for each mention.
            known = f"WITH greatest({end}, ifNull({last}, {end})) AS last_start_known "
            sides.append(buckets("start", "<=", "last_start_known"))
        return f"trace_id IN ({known}SELECT trace_id FROM spans WHERE {' AND '.join(sides)} AND {self.on_spans(expression)})"

    def _on_its_row(self, expression: Expression) -> str:
        match expression:
            case Comparison():
                return condition(expression, self.scene, self.binder)
            case Both():
                return _joined(expression.word, [self._on_its_row(item) for item in expression.items])
            case Opposite():
                return self._on_its_row(without_not(expression))


def _of_score(asked: Comparison) -> bool:
    return asked.term.source == "fact" and asked.term.scope == "span" and asked.term.name in SCORE_FIELDS


def _all_of_score(expression: Expression) -> bool:
    match expression:
        case Comparison():
            return _of_score(expression)
        case Both():
            return all(_all_of_score(item) for item in expression.items)
        case Opposite():
            return _all_of_score(expression.item)


def _none_of_score(expression: Expression) -> bool:
    match expression:
        case Comparison():
            return not _of_score(expression)
        case Both():
            return all(_none_of_score(item) for item in expression.items)
        case Opposite():
            return _none_of_score(expression.item)


def _scope(expression: Expression) -> Scope | None:
    """The one scope that all of it speaks of, None when it speaks of several."""
    match expression:
        case Comparison():
            return scope_of(expression.term)
        case Opposite():
            return _scope(expression.item)
        case Both():
            scopes = {_scope(item) for item in expression.items}
            return scopes.pop() if len(scopes) == 1 else None


def _grouped(expression: Both) -> list[Expression]:
    """Its items, those about the root in one piece and those about the trace in one: the same root answers all."""
    related: dict[Scope, list[Expression]] = {"root": [], "trace": []}
    items: list[Expression] = []
    for item in expression.items:
        scope = _scope(item)
        related[scope].append(item) if scope in ("root", "trace") else items.append(item)
    return [*items, *(_together(expression.word, group) for group in related.values() if group)]


def _together(word: str, items: list[Expression]) -> Expression:
    if len(items) == 1:
        return items[0]
    depth, size = max(item.depth for item in items) + 1, sum(item.size for item in items)
    return Both("and" if word == "and" else "or", tuple(items), depth, size)


def _joined(word: str, conditions: list[str]) -> str:
    return all_of(conditions) if word == "and" else any_of(conditions)
