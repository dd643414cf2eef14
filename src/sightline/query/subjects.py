"""What the rows of a question are (spans, traces, sessions or scores), and what a name means on them.

A span answers for itself. A trace answers for itself and, for what only spans have, through its root. A session is made of
the traces that match. A score answers for itself; any of the first three has the scores of a name beside it where it is asked for them.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from sightline.errors import BadRequestError
from sightline.query.binder import Binder
from sightline.query.columns import ALL_TRACES, SETTLED_TRACES
from sightline.query.compile import Filter
from sightline.query.conditions import Scene
from sightline.query.fields import SCORE_FIELDS, SESSION_FIELDS, SPAN_FIELDS, TRACE_FIELDS, Field, find
from sightline.query.measures import Value, ValueType
from sightline.query.statements import statement
from sightline.query.syntax import Expression, Part, Term, without_not
from sightline.query.times import reach

Of = Literal["spans", "traces", "sessions", "scores"]


class Subject:
    """The rows of one question. Asking for a value of a trace's root makes `source` join it. `settled`: of traces, only those."""

    def __init__(self, of: Of, scene: Scene, binder: Binder, *, settled: bool = False) -> None:
        self.of = of
        self._traces_relation = SETTLED_TRACES if settled else ALL_TRACES
        self._scene = scene
        self._binder = binder
        self._roots: list[str] = []
        self._scored: list[str] = []

    def field(self, term: Term) -> Field:
        """The field that a name means. Raises UnknownFactError and BadRequestError."""
        return self._field(term)[0]

    def key(self, term: Term) -> str:
        """What rows are told apart by, as SQL: a fact as it is, an attribute as text. Raises as `field`."""
        if term.source == "scores":
            return _SCORE_KEYS[term.part].replace("$", self._score(term))
        if term.source != "fact":
            return self._keyed(term, _AS_TEXT)
        field, at_root = self._field(term)
        if field.type == "list":
            raise BadRequestError(f"{field.name} is a list: group spans by model instead.")
        sql = f"toUnixTimestamp64Nano({field.sql})" if field.type == "time" else field.value_sql
        return self._root(sql) if at_root else sql

    def own_key(self, term: Term) -> str:
        """As `key`, of what stands on the row itself. Raises BadRequestError for what would have to be joined to it."""
        if term.source == "scores" or (term.source != "fact" and self.of == "traces"):
            raise BadRequestError(f"{term.name} does not stand on a row of {self.of}: name one of their facts.")
        if term.source == "fact" and self._field(term)[1]:
            raise BadRequestError(f"A trace has no {term.name} of its own: name a fact that traces have.")
        return self.key(term)

    def value(self, term: Term) -> Value:
        """A number to measure. Raises as `field`, and for what is no number."""
        if term.source == "scores":
            if term.part == "label":
                raise BadRequestError(f"score.{term.name}.label is a word: uniq(…) counts its values, score.{term.name} is the number.")
            return Value(f"{self._score(term)}_value", "number")
        if term.source != "fact":
            return Value(self._keyed(term, _AS_NUMBER), "number")
        field, at_root = self._field(term)
        if field.type == "time":
            return Value(f"toUnixTimestamp64Nano({field.sql})", "time")
        if not field.numeric:
            raise BadRequestError(f"{field.name} can't be measured: it is no number. uniq({field.name}) counts its values.")
        # What is asked for in ms is stored as whole ns.
        stored: ValueType = "integer" if field.type == "integer" or field.factor != 1 else "number"
        sql = field.sql if stored == "integer" else f"if(isFinite({field.sql}), {field.sql}, NULL)"
        counted = "usage_counted" if field.counted and self.of == "spans" else "1"
        return Value(self._root(sql) if at_root else sql, stored, field.unit, field.factor, counted)

    def condition(self, expression: Expression) -> str:
        """A filter inside a measure, as a condition on a row. Raises BadFilterError, UnknownFactError, BadRequestError."""
        if self.of == "sessions":
            raise BadRequestError("A filter inside a measure is asked of spans or traces: filter the sessions themselves.")
        compiled = Filter(without_not(expression))
        compile_ = {"spans": compiled.on_spans, "traces": compiled.on_traces, "scores": compiled.on_scores}[self.of]
        return compile_(self._scene, self._binder)

    def source(self, matching: Filter) -> str:
        """The rows that match, as what follows FROM. Raises BadFilterError and UnknownFactError."""
        rows = _SOURCES[self.of](self, matching)
        for number, name in enumerate(self._scored):
            part = {"number": str(number), "of": self._binder.text(name), "near": self._binder.traces_in(reach(self._scene.window))}
            scores = statement(f"scores_of_{self.of}", **part)
            on = " AND ".join(f"t.{id_} = s{number}.s{number}_{said}" for id_, said in _SCORED_BY[self.of])
            rows = statement("of_scored", rows=rows, scores=scores, on=on, number=part["number"])
        return rows

    def bound(self, template: str, term: Term) -> str:
        """SQL about a key of the attributes or the resource, `$key` in it bound to the term's."""
        return template.replace("$key", self._binder.text(term.name))

    def _field(self, term: Term) -> tuple[Field, bool]:
        """The field, and whether the trace's root has to be asked for it."""
        own = _FIELDS[self.of]
        if self.of != "traces" and term.scope != "span":
            raise BadRequestError(f"{term.scope}.{term.name} belongs to a trace: ask it of traces.")
        if self.of == "traces" and term.scope != "trace" and (term.scope == "root" or (term.name not in own and term.name in SPAN_FIELDS)):
            return find(term.name, SPAN_FIELDS, column=term.column), True
        return find(term.name, own, column=term.column), False

    def _keyed(self, term: Term, templates: Mapping[str, str]) -> str:
        if term.source not in templates:
            raise BadRequestError(f"{term.source}['…'] can be filtered by, not grouped by or measured.")
        if self.of == "sessions":
            raise BadRequestError(f"A session has no {term.source}: ask it of spans or traces.")
        sql = self.bound(templates[term.source], term)
        return self._root(sql) if self.of == "traces" else sql

    def _score(self, term: Term) -> str:
        """The stem of the columns with the value and the label of a score, joined to the row."""
        if self.of == "scores":
            raise BadRequestError(f"A score has no score.{term.name}: measure value, or group by label, where name = '{term.name}'.")
        if term.scope != "span":
            raise BadRequestError(
                f"{term.scope}.score.{term.name} can be filtered by, not grouped by or measured: ask score.{term.name} of traces."
            )
        if term.name not in self._scored:
            self._scored.append(term.name)
        number = self._scored.index(term.name)
        return f"s{number}.s{number}"

    def _root(self, sql: str) -> str:
        """A value of the trace's root, joined to its row."""
        self._roots.append(f"toNullable({sql}) AS root_{len(self._roots)}")
        return f"r.root_{len(self._roots) - 1}"

    def _spans(self, matching: Filter) -> str:
        window, matches = self._binder.spans_in(self._scene.window), matching.on_spans(self._scene, self._binder)
        return self._rows("spans", f"project = {{project:String}} AND {window} AND {matches}")

    def _traces(self, matching: Filter) -> str:
        window, matches = self._binder.traces_in(self._scene.window), matching.on_traces(self._scene, self._binder)
        if not self._roots:
            return self._rows(self._traces_relation, f"project = {{project:String}} AND {window} AND {matches}")
        near = self._binder.spans_in(reach(self._scene.window))
        roots = ", ".join(self._roots)
        return statement("of_traces", traces=self._traces_relation, window=window, filter=matches, near=near, root_columns=roots)

    def _sessions(self, matching: Filter) -> str:
        window, matches = self._binder.traces_in(self._scene.window), matching.on_traces(self._scene, self._binder)
        return statement("of_sessions", window=window, filter=matches)

    def _scores(self, matching: Filter) -> str:
        window, matches = self._binder.traces_in(self._scene.window), matching.on_scores(self._scene, self._binder)
        return f"scores\nWHERE project = {{project:String}} AND {window} AND {matches}"

    def _rows(self, relation: str, condition: str) -> str:
        return f"(SELECT * FROM {relation} WHERE {condition}) AS t" if self._scored else f"{relation}\nWHERE {condition}"


_FIELDS: Mapping[Of, Mapping[str, Field]] = {
    "spans": SPAN_FIELDS,
    "traces": TRACE_FIELDS,
    "sessions": SESSION_FIELDS,
    "scores": SCORE_FIELDS,
}
_SOURCES: Mapping[Of, Callable[[Subject, Filter], str]] = {
    "spans": Subject._spans,
    "traces": Subject._traces,
    "sessions": Subject._sessions,
    "scores": Subject._scores,
}
_SCORED_BY: Mapping[Of, tuple[tuple[str, str], ...]] = {
    "spans": (("trace_id", "trace"), ("span_id", "span")),
    "traces": (("trace_id", "trace"),),
    "sessions": (("session_id", "session"),),
}
_SCORE_KEYS: Mapping[Part, str] = {
    "any": "ifNull(toString($_label), toString($_value))",
    "value": "$_value",
    "label": "CAST($_label, 'Nullable(String)')",
}
_AS_TEXT: Mapping[str, str] = {
    "attributes": (
        "multiIf(mapContains(attr_string, $key), attr_string[$key], mapContains(attr_int, $key), toString(attr_int[$key]),"
        " mapContains(attr_double, $key), toString(attr_double[$key]), mapContains(attr_bool, $key), toString(attr_bool[$key]),"
        " mapContains(attr_other, $key), attr_other[$key], NULL)"
    ),
    "resource": (
        "multiIf(mapContains(resource_string, $key), resource_string[$key], mapContains(resource_other, $key), resource_other[$key], NULL)"
    ),
}
_AS_NUMBER: Mapping[str, str] = {
    "attributes": (
        "multiIf(mapContains(attr_int, $key), toFloat64(attr_int[$key]),"
        " mapContains(attr_double, $key) AND isFinite(attr_double[$key]), attr_double[$key], NULL)"
    ),
    "resource": "if(mapContains(resource_other, $key), toFloat64OrNull(resource_other[$key]), NULL)",
}
