"""A file replayed as if it were live: what would have been raised, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sightline.errors import BadTableError
from sightline.insight.asking import measured_as, statement
from sightline.insight.detecting import BUDGET, Alarm, Beside, detect
from sightline.insight.evidence import anchor_series, vector_series
from sightline.insight.signals import OUTCOMES, Signal, signals_of
from sightline.insight.watching import watch
from sightline.query.binder import Binder
from sightline.query.columns_of_files import column, kind_of
from sightline.stats.changes import change_points
from sightline.stats.streams import surprises
from sightline.store.files import open_file

LEARN_DAYS = 14
MOST_VALUES = 5_000_000
_DAY_S = 86_400
_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed. `by`: dimensions, all that look like one without. `measures`: watched beside the facts that the table has."""

    time: str
    by: Sequence[str] = ()
    measures: Sequence[str] = ()
    learn_days: int = LEARN_DAYS
    budget: float = BUDGET
    anchors: Path | None = None
    vectors: Path | None = None


@dataclass(frozen=True, slots=True)
class Surprise:
    """A value of a plain series that stood out. `at`: seconds since 1970, or whatever the time column counts."""

    series: str
    at: float
    value: float


def replay_requests(file: Path, asked: Replay) -> list[Alarm]:
    """A table of requests, hour by hour. Raises BadTableError, UnknownFactError, OSError."""
    with open_file(file) as table:
        signals = [*signals_of(table.columns), *(_signal(measure, table.columns) for measure in asked.measures)]
        if not signals:
            raise BadTableError(f"{file} has no column that is a known fact: say what to watch by --measure, such as 'mean(score)'.")
        taken = OUTCOMES | {asked.time} | {name for signal in signals for name in signal.needs}
        by = list(asked.by) or [name for name, type_ in table.columns.items() if name not in taken and kind_of(type_) == "text"]
        watched = watch(table, signals, by, time=asked.time, learn_hours=asked.learn_days * 24)
    span = {"first": watched.first, "hours": watched.hours, "learnt": watched.learnt}
    judge = None if asked.anchors is None else anchor_series(asked.anchors, item="item", verdict="judge_pass", time=asked.time, **span)
    questions = None if asked.vectors is None else vector_series(asked.vectors, time=asked.time, **span)
    return detect(watched, Beside(judge, questions), budget=asked.budget)


def _signal(measure: str, columns: dict[str, str] | object) -> Signal:
    assert isinstance(columns, dict)
    read = measured_as(measure, columns, Binder())
    if read.kind == "ratio":
        raise BadTableError(f"{measure!r} can't be watched: write mean(column), share(filter) or p95(column).")
    return Signal(measure, measure, "exceedance" if read.kind == "quantile" else "mean", tuple(sorted(read.names)))


def replay_series(file: Path, *, time: str, value: str, name: str | None = None) -> tuple[list[Surprise], dict[str, list[float]]]:
    """Plain series of numbers: surprises as they would have been raised, and looking back the times at which the level changed."""
    with open_file(file) as table:
        binder = Binder()
        at = column(time, table.columns, binder)
        kind = kind_of(table.columns[time])
        which = "''" if name is None else column(name, table.columns, binder)
        names = [str(row[0]) for row in table.rows(statement("series_names", which=which), binder.params)]
        rows = table.records(
            statement(
                "series", which=which, value=column(value, table.columns, binder),
                time=f"toUnixTimestamp(toDateTime({at}))" if kind == "time" else at,
            ),
            {**binder.params, "most": MOST_VALUES, "names": names},
            np.dtype([("series", "<u8"), ("at", "<f8"), ("value", "<f8")]),
        )  # fmt: skip
    raised: list[Surprise] = []
    changes: dict[str, list[float]] = {}
    for i in np.unique(rows["series"]):
        own = rows[rows["series"] == i]
        if own.size < 3:
            continue
        step = float(np.median(np.diff(own["at"])))
        timed = kind == "time" or float(own["at"][0]) > 1e8
        per_day = round(_DAY_S / step) if timed and step > 0 and step <= _DAY_S / 2 else 0
        span = max(1, round(_HOUR_S / step)) if timed and step > 0 else 5
        said = names[int(i) - 1]
        raised += [Surprise(said, float(own["at"][j]), float(own["value"][j])) for j in surprises(own["value"], per_day=per_day, span=span)]
        changes[said] = [float(own["at"][j]) for j in change_points(own["value"])]
    return raised, changes
