"""What every question of money starts from: rows that count, by groups, in a window and in the one before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sightline.measure.asking import Asked, narrowest
from sightline.query import UNITS_NS, Binder, Filter, Grouping, Reader, Row, Scene, Subject, Window, statements_in

statement = statements_in("sightline.measure.economics")

_MOST_POINTS = 120


@dataclass(frozen=True, slots=True)
class Rows:
    """`sql` is what follows FROM; `params` are its values; `window` is the condition on spans that start in it."""

    sql: str
    window: str
    grouping: Grouping
    params: dict[str, object]
    binder: Binder

    async def ask(self, reader: Reader, name: str, /, *, parts: Mapping[str, str] | None = None, **params: object) -> list[Row]:
        """The answer of <name>.sql, with `$calls`, `$texts` and `$kinds` given."""
        given = {"calls": self.sql, "texts": self.grouping.texts, "kinds": self.grouping.kinds, **(parts or {})}
        return await reader.rows(statement(name, **given), {**self.params, **params})


def rows_of(name: str, asked: Asked, window: Window, *, whole_requests: bool = False) -> Rows:
    """The rows that <name>.sql makes of the spans in a window; with `whole_requests` of all spans of the traces that have one that matches.

    Raises BadFilterError, UnknownFactError and BadRequestError.
    """
    binder = Binder({"project": asked.scene.project})
    scene = Scene(asked.scene.project, window, asked.scene.now_ns)
    subject = Subject("spans", scene, binder)
    grouping = Grouping.by(asked.group_by, subject)
    source = subject.source(asked.filter)
    if whole_requests and asked.filter != Filter(None):
        source = f"{subject.source(Filter(None))} AND trace_id IN (SELECT trace_id FROM {source})"
    sql = statement(name, groups=grouping.columns, source=source, **{"from": binder.time(asked.scene.window.from_ns)})
    return Rows(sql, binder.spans_in(window), grouping, binder.params, binder)


def paired(rows: Iterable[Row]) -> list[tuple[Row | None, Row | None]]:
    """Rows of groups as (now, before), in the order of the rows."""
    pairs: dict[int, list[Row | None]] = {}
    for row in rows:
        pairs.setdefault(row["group_key"], [None, None])[0 if row["is_now"] else 1] = row
    return [(now, before) for now, before in pairs.values()]


def now_and_before(rows: Iterable[Row]) -> tuple[Row | None, Row | None]:
    """The row of the window and that of the one before it, where everything is one group."""
    found = {bool(row["is_now"]): row for row in rows}
    return found.get(True), found.get(False)


def difference(one: float | None, other: float | None) -> float | None:
    """`one - other`; None where both are unknown, else the unknown one counts as nothing."""
    return None if one is None and other is None else (one or 0) - (other or 0)


def width_for(asked: Asked, extent: Row) -> str:
    """The narrowest width of time that cuts the window, or what of it has calls where it is open, into no more than 120 pieces."""
    window = asked.scene.window
    if asked.previous is not None:
        window = Window(window.from_ns, min(window.to_ns, max(asked.scene.now_ns, window.from_ns + 1)))
    else:
        window = Window(extent["first_ns"], extent["last_ns"] + 1) if extent["calls"] else Window(0, 1)
    return narrowest(window.to_ns - window.from_ns, _MOST_POINTS, least="1m")


def span_of(ns: int) -> str:
    """A stretch of time in words: `1 h`, `90 s`."""
    unit = next(unit for unit in ("d", "h", "m", "s") if ns % UNITS_NS[unit] == 0 or unit == "s")
    return f"{ns // UNITS_NS[unit]} {'min' if unit == 'm' else unit}"
