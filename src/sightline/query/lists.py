"""Pages of traces and of spans, newest first unless asked otherwise.

First the ids of a page are chosen by walking narrow columns, then its rows are read: content never takes part in ordering.
Newest first needs no sort of everything: windows that reach ever further back are asked until the page is full.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sightline.errors import BadRequestError
from sightline.query.binder import Binder
from sightline.query.columns import ALL_TRACES, SCORE_COLUMNS, SETTLED_TRACES, SPAN_COLUMNS, TRACE_COLUMNS
from sightline.query.compile import Filter
from sightline.query.conditions import Scene
from sightline.query.cursors import Cursor
from sightline.query.fields import SCORE_FIELDS, SPAN_FIELDS, TRACE_FIELDS, Field, find
from sightline.query.reader import ONE_THREAD, Reader, Row
from sightline.query.statements import statement
from sightline.query.times import EARLIEST_NS, UNITS_NS, Window

MAX_ROWS = 1_000
NEWEST_FIRST = "-start"

_BUCKET_NS = 5 * UNITS_NS["m"]
_GROWTH = 4


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and where the next begins; `next_cursor` is None on the last."""

    rows: list[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """A page of a list. `order` is a numeric fact or `start`, '-' in front for descending; `limit` counts rows."""

    scene: Scene
    filter: Filter
    order: str = NEWEST_FIRST
    limit: int = 50
    cursor: str | None = None


async def list_traces(reader: Reader, question: ListQuestion) -> Page:
    """Traces that start in the window and match, with the columns of TRACE_COLUMNS.

    Raises BadFilterError, UnknownFactError and BadRequestError (an order or a cursor that can't be).
    """
    return await _page(reader, question, _TRACES)


async def list_spans(reader: Reader, question: ListQuestion) -> Page:
    """Spans that start in the window and match, with every fact. Raises as `list_traces`."""
    return await _page(reader, question, _SPANS)


async def list_scores(reader: Reader, question: ListQuestion) -> Page:
    """Scores whose targets start in the window and that match, with the columns of SCORE_COLUMNS. Raises as `list_traces`."""
    return await _page(reader, question, _SCORES)


@dataclass(frozen=True, slots=True)
class _Table:
    """How one of the lists is asked. `walked`: newest first is found by walking back from the newest span."""

    fields: Mapping[str, Field]
    ids: tuple[str, ...]
    pick: str
    read: str
    columns: str
    compile: Callable[[Filter, Scene, Binder], str]
    within: Callable[[Binder, Window], str]
    relation: str
    settled: str
    walked: bool = True


_TRACES = _Table(
    TRACE_FIELDS, ("trace_id",), "pick_traces", "read_traces", TRACE_COLUMNS, Filter.on_traces, Binder.traces_in, ALL_TRACES, SETTLED_TRACES
)
_SPANS = _Table(
    SPAN_FIELDS, ("trace_id", "span_id"), "pick_spans", "read_spans", SPAN_COLUMNS, Filter.on_spans, Binder.spans_in, "spans", "spans"
)
_SCORES = _Table(
    SCORE_FIELDS, ("id",), "pick_scores", "read_scores", SCORE_COLUMNS, Filter.on_scores, Binder.traces_in, "scores", "scores", walked=False
)


@dataclass(frozen=True, slots=True)
class _Order:
    text: str
    field: Field
    descending: bool

    @property
    def key(self) -> str:
        """The sort key as SQL; what is not a number counts as unknown and comes last."""
        if self.field.type == "time":
            return f"toUnixTimestamp64Nano({self.field.sql})"
        return f"if(isNaN({self.field.sql}), NULL, {self.field.sql})" if self.field.type == "number" else self.field.sql


async def _page(reader: Reader, question: ListQuestion, table: _Table) -> Page:
    order = _order(question.order, table)
    cursor = None if question.cursor is None else Cursor.parse(question.cursor, order=order.text, ids=len(table.ids))
    # Compiled once for its errors: a bad filter must not depend on whether there is anything to ask.
    table.compile(question.filter, question.scene, Binder())
    picked: list[Row] = []
    async for window in _windows(reader, question.scene, order, cursor, walked=table.walked):
        picked += await _pick(reader, question, table, order=order, cursor=cursor, window=window, rows=question.limit + 1 - len(picked))
        if len(picked) > question.limit:
            break
    shown = picked[: question.limit]
    last = shown[-1] if len(picked) > question.limit else None
    following = None if last is None else Cursor(order.text, last["sort_key"], last["start_ns"], tuple(last[name] for name in table.ids))
    return Page(await _read(reader, question.scene, table, shown), None if following is None else following.text())


def _order(text: str, table: _Table) -> _Order:
    found = find(text.removeprefix("-"), table.fields)
    if not (found.numeric or found.type == "time"):
        raise BadRequestError(f"A list can't be ordered by {found.name}: order by a time or a number, such as -start or -duration_ms.")
    return _Order(text, found, text.startswith("-"))


async def _pick(
    reader: Reader, question: ListQuestion, table: _Table, *, order: _Order, cursor: Cursor | None, window: Window, rows: int
) -> list[Row]:
    scene, binder = question.scene, Binder()
    narrowed = Scene(scene.project, window, scene.now_ns)
    sql = statement(
        table.pick,
        key=order.key,
        direction="DESC" if order.descending else "ASC",
        window=table.within(binder, window),
        after="1" if cursor is None else _after(cursor, order, table, binder),
        filter=table.compile(question.filter, narrowed, binder),
    )
    return await reader.rows(sql, {**binder.params, "project": scene.project, "rows": rows})


def _after(cursor: Cursor, order: _Order, table: _Table, binder: Binder) -> str:
    """Rows behind the cursor's: by key, then by ids; unknown keys come last in either direction."""
    beyond = "<" if order.descending else ">"
    ids = f"({', '.join(table.ids)}) {beyond} ({', '.join(binder.text(name) for name in cursor.ids)})"
    if cursor.key is None:
        return f"({order.key} IS NULL AND {ids})"
    key = binder.number(Fraction(cursor.key))
    unknown = f" OR {order.key} IS NULL" if order.field.nullable else ""
    return f"({order.key} {beyond} {key} OR ({order.key} = {key} AND {ids}){unknown})"


async def _read(reader: Reader, scene: Scene, table: _Table, picked: list[Row]) -> list[Row]:
    """The rows of a page in the order of their picking; one that vanished meanwhile is left out."""
    if not picked:
        return []
    binder = Binder()
    starts = [row["start_ns"] for row in picked]
    sql = statement(
        table.read,
        columns=table.columns,
        relation=table.settled if all(row["settled"] for row in picked) else table.relation,
        window=table.within(binder, Window(min(starts), max(starts) + 1)),
    )
    ids = {f"{name}s": sorted({row[name] for row in picked}) for name in table.ids}
    rows = await reader.rows(sql, {**binder.params, **ids, "project": scene.project}, settings=ONE_THREAD)
    found = {tuple(row[name] for name in table.ids): row for row in rows}
    return [found[key] for row in picked if (key := tuple(row[name] for name in table.ids)) in found]


async def _windows(reader: Reader, scene: Scene, order: _Order, cursor: Cursor | None, *, walked: bool) -> AsyncIterator[Window]:
    """The windows to ask one after the other until a page is full."""
    if order.text != NEWEST_FIRST or not walked:
        yield scene.window
        return
    to_ns = scene.window.to_ns if cursor is None else min(scene.window.to_ns, cursor.start_ns + 1)
    newest_ns = to_ns - 1
    if to_ns > scene.now_ns - UNITS_NS["d"]:
        # What is new may be old: without this look a project that fell silent would be walked in ever wider steps.
        newest = await reader.rows(statement("newest_bucket"), {"project": scene.project}, settings=ONE_THREAD)
        if not newest:
            return
        newest_ns = min(newest_ns, newest[0]["bucket_s"] * UNITS_NS["s"])
    for window in _backwards(Window(scene.window.from_ns, to_ns), newest_ns - newest_ns % _BUCKET_NS):
        yield window


def _backwards(window: Window, newest_bucket_ns: int) -> Iterator[Window]:
    """[from, to) cut into pieces from the newest bucket back, each four times as wide as the one before it."""
    to_ns, from_ns, width = window.to_ns, max(newest_bucket_ns, window.from_ns), _BUCKET_NS
    while to_ns > window.from_ns:
        yield Window(from_ns, to_ns)
        width *= _GROWTH
        to_ns, from_ns = from_ns, max(from_ns - width, window.from_ns, EARLIEST_NS)
