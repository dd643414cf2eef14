"""The same answers from rows summed up by the hour, where all that a question asks by is in them: their cost does not grow with traffic."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sightline.measure.asking import Json
from sightline.measure.latency.asking import Asked, figures, statement
from sightline.query import EARLIEST_NS, LATEST_NS, Binder, Grouping, Reader, Row, Subject, Window, parse_term
from sightline.stats.sketch import quantiles
from sightline.store import GAMMA, bin_sql

DIMENSIONS: Mapping[str, frozenset[str]] = {
    "spans": frozenset({"stage", "task", "model", "kind"}),
    "requests": frozenset({"task", "kind"}),
}
MEASURES: Mapping[str, frozenset[str]] = {
    "spans": frozenset({"duration_ns", "ttft_ns", "critical_ns"}),
    "requests": frozenset({"duration_ns", "ttft_ns"}),
}
HOUR_NS = 3600 * 10**9
FEWEST_ROWS = 2_000_000
"""Below so many rows in the window the raw ones answer, exactly and as fast."""
_MOST_GAPS = 50


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A question of which the whole hours `hours` (by `builds`) are rolled up."""

    asked: Asked
    hours: Sequence[int]
    builds: Sequence[int]

    async def ask(self, reader: Reader, *, width_ns: int | None = None, rows: int = 1) -> list[Row]:
        """Rows of `n`, `mean`, `max`, `bins` by groups, and by pieces of time `width_ns` wide. Busiest first."""
        asked = self.asked
        binder = Binder({"project": asked.scene.project})
        subject = Subject("traces" if asked.of == "requests" else "spans", asked.scene, binder, settled=True)
        grouping = Grouping.by(asked.group_by, subject)
        stem = asked.measure.removesuffix("_ns")
        sql = statement(
            "rollups",
            groups=grouping.columns,
            texts=grouping.texts,
            kinds=grouping.kinds,
            time="toInt64(0)" if width_ns is None else f"intDiv(toInt64(v.start_s), {width_ns // 10**9})",
            measure_n=f"{stem}_n",
            measure_sum=f"{stem}_sum",
            measure_max=f"{stem}_max",
            measure_bins=f"{stem}_bins",
            measure_ns=asked.measure,
            bin=bin_sql(f"toFloat64(assumeNotNull({asked.measure}))"),
            matches=asked.filter.on_spans(asked.scene, binder),
            source=subject.source(asked.filter),
            between=self._between(binder),
        )
        params = {
            **binder.params,
            "of": asked.of,
            "hours": list(self.hours),
            "builds": list(self.builds),
            "first_s": self.hours[0],
            "last_s": self.hours[-1],
            "rows": rows,
        }
        return [{**row, "mean": row["total"] / row["n"]} for row in await reader.rows(sql, params)]

    def _between(self, binder: Binder) -> str:
        """The condition on rows that no whole hour holds."""
        gaps = list(self._gaps())
        if len(gaps) > _MOST_GAPS:
            return f"toUnixTimestamp(toStartOfHour(start)) NOT IN {binder.bind(list(self.hours), 'Array(UInt32)')}"
        within = binder.traces_in if self.asked.of == "requests" else binder.spans_in
        return " OR ".join(f"({within(gap)})" for gap in gaps) or "0"

    def _gaps(self) -> list[Window]:
        window = self.asked.scene.window
        found, at = [], window.from_ns
        for hour in self.hours:
            if hour * 10**9 > at:
                found.append(Window(at, hour * 10**9))
            at = hour * 10**9 + HOUR_NS
        if at < window.to_ns:
            found.append(Window(at, window.to_ns))
        return found


async def rolled_up(reader: Reader, asked: Asked, *, raw_rows: int) -> RolledUp | None:
    """The question as one of rollups; None where it asks by more than is in them, where they would save nothing, or where none are."""
    facts = asked.filter.facts_of_spans()
    terms = [parse_term(name) for name in asked.group_by]
    if (
        raw_rows < FEWEST_ROWS
        or asked.measure not in MEASURES[asked.of]
        or facts is None
        or not facts <= (DIMENSIONS[asked.of] if asked.of == "spans" else frozenset())
        or any(term.source != "fact" or term.scope != "span" or term.name not in DIMENSIONS[asked.of] for term in terms)
    ):
        return None
    window = asked.scene.window
    found = await reader.rows(
        statement("rollup_hours"),
        {
            "project": asked.scene.project,
            "from_s": -(-max(window.from_ns, EARLIEST_NS) // HOUR_NS) * 3600,
            "to_s": min(window.to_ns, LATEST_NS) // HOUR_NS * 3600,
        },
    )
    if not found:
        return None
    return RolledUp(asked, [row["hour_s"] for row in found], [row["build"] for row in found])


def added_up(rows: Sequence[Row]) -> list[Row]:
    """One row of all: sketches add up. Empty where there are none."""
    if not rows:
        return []
    bins: Counter[int] = Counter()
    for row in rows:
        bins.update(row["bins"])
    n = sum(row["n"] for row in rows)
    total = sum(row["total"] for row in rows)
    return [{"n": n, "mean": total / n, "max": max(row["max"] for row in rows), "bins": bins}]


def figures_of(row: Row | None, levels: Sequence[float]) -> dict[str, Json]:
    """As `figures`, from a row's sketch; a quantile never lies above the largest value."""
    if row is None:
        return figures(None)
    return figures({**row, "q": [min(value, row["max"]) for value in quantiles(row["bins"], levels, gamma=GAMMA)]})
