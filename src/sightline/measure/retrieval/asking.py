"""What every question of retrieval starts from: searches of a window by groups, and means with their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sightline.measure.asking import Asked, Json, narrowest, number, ratio, shown
from sightline.query import EARLIEST_NS, Binder, Grouping, Reader, Row, Scene, Subject, Window, parse_width, statements_in
from sightline.stats.intervals import Interval, student_quantile
from sightline.stats.proportions import effective_size, wilson

__all__ = ["Asked", "Json", "Searches", "mean", "number", "ratio", "searches", "share", "shown", "statement", "width_of"]

statement = statements_in("sightline.measure.retrieval")

KINDS = ("retrieval", "rerank")

_MOST_POINTS = 90
_ENOUGH = 30


@dataclass(frozen=True, slots=True)
class Searches:
    """`sql` is what follows FROM; `from_` when the window begins, as SQL."""

    sql: str
    source: str
    from_: str
    grouping: Grouping
    binder: Binder
    kind: str

    async def ask(self, reader: Reader, name: str, /, *, parts: Mapping[str, str] | None = None, **params: object) -> list[Row]:
        """The answer of <name>.sql, with `$spans`, `$source`, `$from`, `$texts`, `$kinds` and `$moments` given."""
        given = {
            "spans": self.sql, "source": self.source, "from": self.from_, "texts": self.grouping.texts, "kinds": self.grouping.kinds,
            "moments": _MOMENTS,
        }  # fmt: skip
        return await reader.rows(statement(name, **(given | dict(parts or {}))), {**self.binder.params, "kind": self.kind, **params})


def searches(asked: Asked, kind: str, *, window: Window | None = None, groups: bool = True) -> Searches:
    """Settled searches of one kind that succeeded; in another window than asked where one is given.

    Raises BadFilterError, UnknownFactError and BadRequestError.
    """
    binder = Binder({"project": asked.scene.project})
    scene = Scene(asked.scene.project, window or asked.scene.window, asked.scene.now_ns)
    subject = Subject("spans", scene, binder)
    grouping = Grouping.by(asked.group_by if groups else (), subject)
    source = subject.source(asked.filter)
    sql = statement("spans", groups=grouping.columns, source=source)
    return Searches(sql, source, binder.time(max(asked.scene.window.from_ns, EARLIEST_NS)), grouping, binder, kind)


def width_of(asked: Asked, interval: str | None, extent: Row) -> str:
    """The width that was asked for, else the narrowest that cuts the window into no more than 90 pieces. Raises BadTimeError."""
    if interval is not None:
        parse_width(interval)
        return interval
    window = asked.scene.window
    first = extent["first_ns"] if window.from_ns <= EARLIEST_NS else window.from_ns
    return narrowest(min(window.to_ns, max(asked.scene.now_ns, first + 1)) - first, _MOST_POINTS)


# y and x summed by trace: what the delta method needs of them.
_MOMENTS = ", ".join(
    f"sum({of}_y) AS {of}_sum, sum({of}_x) AS {of}_known, countIf({of}_x > 0) AS {of}_traces, sum({of}_y * {of}_y) AS {of}_yy,"
    f" sum({of}_x * {of}_x) AS {of}_xx, sum({of}_x * {of}_y) AS {of}_xy"
    for of in ("top", "gap")
)


def mean(row: Row, of: str) -> dict[str, Json]:
    """`of`'s mean over the searches that know it, with its 95 % interval, the searches of one trace being one observation (delta method,
    as `stats.ratios.clustered_ratio`, from sums)."""
    known, traces = row[f"{of}_known"], row[f"{of}_traces"]
    value = ratio(row[f"{of}_sum"], known)
    interval = None
    if value is not None and traces > 1:
        squares = max(row[f"{of}_yy"] - 2 * value * row[f"{of}_xy"] + value**2 * row[f"{of}_xx"], 0.0)
        half = float(student_quantile(0.975, traces - 1)) * (squares / known**2 * traces / (traces - 1)) ** 0.5
        interval = (value - half, value + half)
    return {
        "value": None if value is None else number(float(value)),
        "interval": interval,
        "n": number(float(known)),
        "enough": traces >= _ENOUGH,
    }


def share(of: float, n: float, squared: float) -> dict[str, Json]:
    """`of` of `n`, sums of weights, with Wilson's interval at the effective size."""
    size = effective_size(n, squared)
    value = ratio(of, n)
    interval = None if value is None else wilson(min(value, 1.0) * size, size)
    return {"share": value, "interval": interval, "of": number(float(of)), "n": number(float(n)), "enough": size >= _ENOUGH}


def estimate(of: Interval, n: int) -> dict[str, Json]:
    """A mean with its interval as answers give it; open ends are no interval."""
    value = number(of.value)
    closed = value is not None and number(of.low) is not None and number(of.high) is not None
    return {"value": value, "interval": (of.low, of.high) if closed else None, "n": n, "enough": n >= _ENOUGH}


def group_filter(grouping: Grouping, texts: Sequence[str | None], kinds: Sequence[Sequence[str]], kind: str) -> str | None:
    """The filter that selects a group's searches, None where the language can't say it."""
    said = grouping.filter(texts, kinds)  # type: ignore[arg-type]
    return None if said is None else f"kind = {kind} and {said}" if said else f"kind = {kind}"
