"""What every question of time starts from: rows with a value, by groups, in a window, and how they may be measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sightline.errors import BadRequestError
from sightline.measure.asking import Asked as AskedOfRows
from sightline.measure.asking import Json, narrowest, number
from sightline.query import (
    EARLIEST_NS,
    EXACT_ROWS,
    QUANTILE_ERROR,
    Binder,
    Grouping,
    Reader,
    Row,
    Subject,
    statements_in,
)

Of = Literal["requests", "spans"]
Method = Literal["exact", "sketch", "rollup"]

statement = statements_in("sightline.measure.latency")

LEVELS = (0.5, 0.9, 0.95, 0.99)
NAMES = ("p50", "p90", "p95", "p99")
MEASURES: Mapping[Of, tuple[str, ...]] = {
    "requests": ("duration_ns", "ttft_ns"),
    "spans": (
        "duration_ns", "ttft_ns", "time_per_output_token_ns", "output_tokens_per_second", "queue_ns", "stall_ns", "self_ns", "critical_ns",
    ),
}  # fmt: skip
_MOST_COLUMNS = 120


@dataclass(frozen=True, slots=True)
class Asked(AskedOfRows):
    """A question of time: of whole requests or of single spans, and what of them.

    The filter of requests selects those of which one span satisfies it. Only settled ones are measured.
    """

    of: Of = "requests"
    measure: str = "duration_ns"

    @property
    def unit(self) -> str:
        """Of the values: ns, or tokens/s."""
        return "ns" if self.measure.endswith("_ns") else "tokens/s"


@dataclass(frozen=True, slots=True)
class Manner:
    """How quantiles are taken. `weighted`: rows stand for others; `method`: exactly (type 7), or by a sketch.

    `rows`: how many the window holds at the most, before the filter.
    """

    weighted: bool = False
    method: Method = "exact"
    rows: int = 0

    @property
    def relative_error(self) -> float:
        """How far a quantile may be off, as a share of it."""
        return 0.0 if self.method == "exact" else QUANTILE_ERROR

    def quantiles(self, levels: Sequence[float] = LEVELS) -> str:
        """SQL for an array of quantiles of `v.value`."""
        wanted = ", ".join(repr(float(level)) for level in levels)
        if self.weighted:
            name = "quantilesExactWeightedInterpolated" if self.method == "exact" else "quantilesTDigestWeighted"
            return f"{name}({wanted})(v.value, toUInt64(round(v.weight * 1000)))"
        if self.method == "exact":
            return f"quantilesExactInclusive({wanted})(v.value)"
        return f"quantilesDD({QUANTILE_ERROR}, {wanted})(v.value)"

    def shown(self, method: Method | None = None) -> dict[str, Json]:
        """As answers say it; `method` where another was taken in the end."""
        return {"method": method or self.method, "relative_error": QUANTILE_ERROR if method == "rollup" else self.relative_error}


@dataclass(frozen=True, slots=True)
class Rows:
    """`sql` is a relation of `value`, `weight`, `start`, `trace_id` and groups; `params` are its values."""

    sql: str
    grouping: Grouping
    params: dict[str, object]
    binder: Binder

    async def ask(self, reader: Reader, name: str, /, *, parts: Mapping[str, str] | None = None, **params: object) -> list[Row]:
        """The answer of <name>.sql, with `$values`, `$texts` and `$kinds` given."""
        given = {"values": self.sql, "texts": self.grouping.texts, "kinds": self.grouping.kinds, **(parts or {})}
        return await reader.rows(statement(name, **given), {**self.params, **params})


def rows_of(asked: Asked) -> Rows:
    """The rows that a question measures. Raises BadFilterError, UnknownFactError, and BadRequestError for what has no such measure."""
    if asked.measure not in MEASURES[asked.of]:
        raise BadRequestError(f"{asked.of} have no {asked.measure!r} to measure: there is {', '.join(MEASURES[asked.of])}.")
    binder = Binder({"project": asked.scene.project})
    subject = Subject("traces" if asked.of == "requests" else "spans", asked.scene, binder, settled=True)
    grouping = Grouping.by(asked.group_by, subject)
    sql = statement("values", groups=grouping.columns, source=subject.source(asked.filter), value=asked.measure)
    return Rows(sql, grouping, binder.params, binder)


async def manner_of(reader: Reader, asked: Asked) -> Manner:
    """Exact while all values of the window fit into memory; with weights where some row of the window has one."""
    binder = Binder({"project": asked.scene.project})
    requests = asked.of == "requests"
    window = binder.traces_in(asked.scene.window) if requests else binder.spans_in(asked.scene.window)
    table = "traces_settled" if requests else "spans"
    (row,) = await reader.rows(statement("weighted", table=table, window=window), binder.params)
    estimate = await reader.rows(statement("rows_estimate", table=table, window=window), binder.params)
    rows = sum(one["rows"] for one in estimate)
    return Manner(weighted=bool(row["weighted"]), method="sketch" if rows > EXACT_ROWS else "exact", rows=rows)


def enough(n: int) -> dict[str, bool]:
    """Whether a quantile of n values says anything: from 5 / (1 - q) values on."""
    return {name: n >= round(5 / (1 - level)) for name, level in zip(NAMES, LEVELS, strict=True)}


def figures(row: Row | None) -> dict[str, Json]:
    """A row's `n`, `mean`, `q` and `max` as answers give them."""
    if row is None or not row["n"]:
        return {"n": 0, "mean": None, **dict.fromkeys(NAMES), "max": None, "enough": enough(0)}
    quantiles = {name: number(value) for name, value in zip(NAMES, row["q"], strict=True)}
    return {"n": row["n"], "mean": number(row["mean"]), **quantiles, "max": number(row["max"]), "enough": enough(row["n"])}


def width_for(asked: Asked, first_ns: int, last_ns: int) -> str:
    """The narrowest width of time that cuts the window, or what of it has rows, into no more than 120 pieces."""
    window = asked.scene.window
    from_ns = window.from_ns if window.from_ns > EARLIEST_NS else first_ns
    to_ns = min(window.to_ns, max(asked.scene.now_ns, last_ns + 1))
    return narrowest(to_ns - from_ns, _MOST_COLUMNS)
