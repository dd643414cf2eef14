"""What every question of reliability starts from: spans of a window by groups, and how its numbers are given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sightline.measure.asking import Asked, Json, narrowest, number, ratio
from sightline.query import (
    EARLIEST_NS,
    LATEST_NS,
    UNITS_NS,
    Binder,
    Grouping,
    Reader,
    Row,
    Scene,
    Subject,
    Window,
    parse_width,
    statements_in,
)
from sightline.stats.proportions import effective_size, wilson

statement = statements_in("sightline.measure.reliability")

FEWEST = 30
"""Cases from which on a share may be shown without its interval: `enough`."""

_MOST_POINTS = 90
_REACH_NS = UNITS_NS["h"]  # a span's parent began before it, its children after: by so much at the most


@dataclass(frozen=True, slots=True)
class Spans:
    """`sql` is what follows FROM; `source` the same before it was narrowed; `near` the condition on spans of the same traces."""

    sql: str
    source: str
    near: str
    grouping: Grouping
    binder: Binder

    async def ask(self, reader: Reader, name: str, /, *, parts: Mapping[str, str] | None = None, **params: object) -> list[Row]:
        """The answer of <name>.sql, with `$spans`, `$source`, `$near`, `$texts` and `$kinds` given."""
        given = {"spans": self.sql, "source": self.source, "near": self.near, "texts": self.grouping.texts, "kinds": self.grouping.kinds}
        return await reader.rows(statement(name, **(given | dict(parts or {}))), {**self.binder.params, **params})


def spans_of(asked: Asked) -> Spans:
    """Settled spans that answer for a request. Raises BadFilterError, UnknownFactError and BadRequestError."""
    binder = Binder({"project": asked.scene.project})
    subject = Subject("spans", asked.scene, binder)
    grouping = Grouping.by(asked.group_by, subject)
    source = subject.source(asked.filter)
    near = binder.spans_in(around(asked.scene.window, _REACH_NS))
    return Spans(statement("spans", groups=grouping.columns, source=source), source, near, grouping, binder)


def around(window: Window, by_ns: int) -> Window:
    """The window and so much on either side of it."""
    return Window(max(window.from_ns - by_ns, EARLIEST_NS), min(window.to_ns + by_ns, LATEST_NS))


def narrowed(scene: Scene, window: Window) -> Scene:
    """The same scene in another window."""
    return Scene(scene.project, window, scene.now_ns)


def width_of(asked: Asked, interval: str | None, extent: Row) -> str:
    """The width that was asked for, else the narrowest that cuts the window into no more than 90 pieces. Raises BadTimeError.

    `extent` says when the first and the last row of an open window began: `first_ns`, `last_ns`.
    """
    if interval is not None:
        parse_width(interval)
        return interval
    window = asked.scene.window
    if window.from_ns <= EARLIEST_NS:
        window = Window(extent["first_ns"], extent["last_ns"] + 1)
    wide_ns = min(window.to_ns, max(asked.scene.now_ns, window.from_ns + 1)) - window.from_ns
    return narrowest(wide_ns, _MOST_POINTS)


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of so many: `share` of `n`, its 95 % interval (Wilson), and whether there are cases enough to speak of it without one."""

    n: float
    of: float
    share: float | None
    interval: tuple[float, float] | None
    enough: bool


def tally(of: float, n: float, squared: float) -> dict[str, Json]:
    """`of` and `n` are sums of weights, `squared` that of their squares: the interval is that of the rows that were really seen."""
    size = effective_size(n, squared)
    share = ratio(of, n)
    interval = None if share is None else wilson(min(share, 1.0) * size, size)
    return asdict(Tally(number(float(n)), number(float(of)), share, interval, size >= FEWEST))
