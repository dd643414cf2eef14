"""Evidence beside the rows: anchors that only a judge can move, and vectors of what people ask."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sightline.insight.asking import statement
from sightline.insight.detecting import anchors_moved, vectors_moved
from sightline.query.binder import Binder
from sightline.query.columns_of_files import column, condition_on, hour_of, seconds_of
from sightline.stats.mean_shift import DayVectors, Drift, mean_shift
from sightline.store.files import open_file

Array = NDArray[np.float64]


def judge_moved(anchors: Path, *, item: str, verdict: str, reference: str, changed: str) -> tuple[float, float] | None:
    """How far the judge's verdicts on one and the same items moved between two windows, with its standard error.

    The error is the judge's own wavering on an item before; None where items were not judged twice before. Raises as `ask`.
    """
    with open_file(anchors) as table:
        binder = Binder()
        rows = table.rows(
            statement(
                "anchors", item=column(item, table.columns, binder), verdict=f"toFloat64({column(verdict, table.columns, binder)})",
                reference=condition_on(reference, table.columns, binder), changed=condition_on(changed, table.columns, binder),
            ),
            binder.params,
        )  # fmt: skip
    if not rows:
        return None
    before, squares, after, n, m = (np.array([float(row[i]) for row in rows]) for i in range(1, 6))
    wavering = float(((squares - before**2 / n) / np.maximum(n - 1, 1))[n > 1].mean()) if (n > 1).any() else float("nan")
    error = float(np.sqrt(wavering * (1 / n + 1 / m).sum())) / n.size
    if not np.isfinite(error) or error <= 0:
        return None
    return float((after / m - before / n).mean()), error


def questions_moved(vectors: Path, *, time: str, reference: str, changed: str, features: list[str] | None = None) -> Drift | None:
    """Whether the vectors of questions have moved between two windows, against windows of other days. `features`: the columns, all of
    floating point without. The engine adds them up by day. None with too few days. Raises as `ask`."""
    with open_file(vectors) as table:
        names = features or [name for name, type_ in table.columns.items() if "Float" in type_]
        binder = Binder()
        columns = [f"toFloat64({column(name, table.columns, binder)})" for name in names]
        rows = table.rows(
            statement(
                "vectors", day=f"intDiv({seconds_of(time, table.columns, binder)}, 86400)", sums=", ".join(f"sum({c})" for c in columns),
                squares=", ".join(f"sum({c} * {c})" for c in columns), reference=condition_on(reference, table.columns, binder),
                changed=condition_on(changed, table.columns, binder),
            ),
            binder.params,
        )  # fmt: skip
    if not rows:
        return None
    found = np.array([[float(x) for x in row] for row in rows])
    many = len(names)
    return mean_shift(DayVectors(found[:, 2], found[:, 3 : 3 + many], found[:, 3 + many :], found[:, 1].astype(bool)))


def anchor_series(anchors: Path, *, item: str, verdict: str, time: str, first: int, hours: int, learnt: int) -> Array:
    """By hour, how far the judge's verdicts on the anchors have moved: see `detecting.anchors_moved`. Raises as `ask`."""
    with open_file(anchors) as table:
        binder = Binder()
        rows = table.rows(
            statement(
                "anchors_by_hour", item=column(item, table.columns, binder), verdict=f"toFloat64({column(verdict, table.columns, binder)})",
                hour=hour_of(time, table.columns, binder),
            ),
            binder.params,
        )  # fmt: skip
    if not rows:
        return np.zeros(hours)
    days = sorted({int(row[0]) for row in rows})
    items = {one: i for i, one in enumerate(sorted({str(row[1]) for row in rows}))}
    at = {day: i for i, day in enumerate(days)}
    verdicts = np.full((len(days), len(items)), np.nan)
    for day, one, mean in rows:
        verdicts[at[int(day)], items[str(one)]] = float(mean)
    return anchors_moved(days, verdicts, first, hours, learnt)


_BLOCK_H = 6


def vector_series(vectors: Path, *, time: str, first: int, hours: int, learnt: int) -> Array:
    """By hour, how far questions' vectors have moved: see `detecting.vectors_moved`; added up in blocks of six hours. Raises as `ask`."""
    with open_file(vectors) as table:
        names = [name for name, type_ in table.columns.items() if "Float" in type_]
        binder = Binder()
        columns = [f"toFloat64({column(name, table.columns, binder)})" for name in names]
        rows = table.rows(
            statement(
                "vectors_by_block", block=f"intDiv({hour_of(time, table.columns, binder)}, {_BLOCK_H})",
                sums=", ".join(f"sum({c})" for c in columns),
                squares=", ".join(f"sum({c} * {c})" for c in columns),
            ),
            binder.params,
        )  # fmt: skip
    found = np.array([[float(x) for x in row] for row in rows])
    many = len(names)
    return vectors_moved((found[:, 0] + 1) * _BLOCK_H, found[:, 1], found[:, 2 : 2 + many], found[:, 2 + many :], first, hours, learnt)
