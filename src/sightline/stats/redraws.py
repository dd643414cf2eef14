"""What a judge's corrected interval is worth, measured: labels are hidden and drawn again, many times, where people labelled everything."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.stats.intervals import LEVEL, Array, Interval
from sightline.stats.levels import verdict_levels
from sightline.stats.means import corrected_mean, labels_only_mean, segment_means
from sightline.stats.rates import Rates, Strata, corrected_rate, labels_only_rate

_DRAWS = 1_000  # for each interval; there are many


@dataclass(frozen=True, slots=True)
class Redraws:
    """Over `repeat` draws of `labels` labels without replacement. `truth`: people's own rate or mean over all. `coverage`: how often
    the corrected interval holds it. `mean_width` of that interval, `human_only_*` of the interval from the same labels without the
    judge; `width_ratio` the one over the other. `mean_error`: mean distance of the corrected value from the truth; `raw_error`: of the
    judge's own."""

    labels: int
    repeat: int
    truth: float
    coverage: float
    mean_width: float
    human_only_coverage: float
    human_only_mean_width: float
    width_ratio: float
    mean_error: float
    human_only_mean_error: float
    raw_error: float


def redraw(
    judge: ArrayLike,
    human: ArrayLike,
    *,
    labels: int,
    repeat: int,
    segments: ArrayLike | None = None,
    count: int = 0,
    level: float = LEVEL,
    seed: int = 0,
) -> tuple[Redraws, list[Redraws]]:
    """Hide all labels but `labels` of them, correct, compare with all of them; `repeat` times.

    judge, human: shape (n,), as in `calibrate`; rows without a label are left out. segments: shape (n,), numbers in 0 … count−1; each
    is corrected by its own labels, as many as happen to fall into it. Returns (all, by segment). Seeded. Raises ValueError unless 1 ≤
    labels ≤ rows with a label.
    """
    f, y = np.asarray(judge, dtype=np.float64), np.asarray(human, dtype=np.float64)
    here = np.isfinite(y)
    f, y = f[here], y[here]
    at = np.zeros(f.size, dtype=np.int64) if segments is None else np.asarray(segments, dtype=np.int64)[here]
    if not 1 <= labels <= f.size:
        raise ValueError(f"labels must lie in 1 … {f.size}, the rows that people labelled: this is {labels}.")
    if repeat < 1:
        raise ValueError(f"repeat must be 1 or more: this is {repeat}.")
    many = count or 1
    of = _redraw_rates if np.isin(y, (0, 1)).all() else _redraw_means
    found = of(f, y, at, many, labels, repeat, level, seed)
    return found[0], found[1:] if segments is not None else []


def _redraw_rates(f: Array, y: Array, at: NDArray[np.int64], many: int, labels: int, repeat: int, level: float, seed: int) -> list[Redraws]:
    """Rows of one segment, verdict and label are alike: a draw of rows is a draw from the counts."""
    random = np.random.default_rng(seed)
    if np.unique(f).size > 2:  # how a score is cut depends on which rows have labels: one cut, from a first draw
        first = np.isin(np.arange(f.size), random.permutation(f.size)[:labels])
        levels, kinds = verdict_levels(f, first)
    else:
        levels, kinds = verdict_levels(f, np.ones(f.size, dtype=bool))
    cells = np.bincount((at * kinds + levels) * 2 + y.astype(np.int64), minlength=many * kinds * 2)
    drawn = (
        random.multivariate_hypergeometric(cells, labels, size=repeat, method="marginals")
        .reshape(repeat, many, kinds, 2)
        .astype(np.float64)
    )
    judged = cells.reshape(many, kinds, 2).astype(np.float64)
    answers = []
    for chosen in [slice(None), *(slice(i, i + 1) for i in range(many) if many > 1)]:
        part, whole = drawn[:, chosen].sum(axis=1), judged[chosen].sum(axis=0)
        total = whole.sum()
        of = Strata(
            part[..., 1],
            part.sum(axis=-1),
            np.broadcast_to(whole.sum(axis=-1) / total, part.shape[:-1]),
            np.asarray(total),
            np.asarray(total),
        )
        mine = corrected_rate(of, level=level, draws=_DRAWS, seed=seed)
        alone = labels_only_rate(part[..., 1].sum(axis=-1), part.sum(axis=(-1, -2)), level=level)
        rows = np.ones(f.size, dtype=bool) if chosen == slice(None) else at == chosen.start
        answers.append(_summary(mine, alone, float(y[rows].mean()), float(f[rows].mean()), labels, repeat))
    return answers


def _redraw_means(f: Array, y: Array, at: NDArray[np.int64], many: int, labels: int, repeat: int, level: float, seed: int) -> list[Redraws]:
    random = np.random.default_rng(seed)
    parts = [np.arange(f.size), *(np.flatnonzero(at == i) for i in range(many) if many > 1)]
    bounds = (float(y.min()), float(y.max()))
    mine: list[list[Interval]] = [[] for _ in parts]
    alone: list[list[Interval]] = [[] for _ in parts]
    for _ in range(repeat):
        shown = np.full(f.size, np.nan)
        chosen = random.permutation(f.size)[:labels]
        shown[chosen] = y[chosen]
        corrected = [corrected_mean(shown, f, bounds=bounds, level=level).mean]
        if many > 1:
            corrected += segment_means(shown, f, at, count=many, level=level)
        for i, rows in enumerate(parts):
            own = shown[rows]
            mine[i].append(corrected[i])
            alone[i].append(labels_only_mean(own[np.isfinite(own)], bounds=bounds, level=level))
    return [
        _summary(_stacked(mine[i]), _stacked(alone[i]), float(y[rows].mean()), float(f[rows].mean()), labels, repeat)
        for i, rows in enumerate(parts)
    ]


def _stacked(intervals: list[Interval]) -> Rates:
    read: list[Callable[[Interval], float]] = [lambda i: i.value, lambda i: i.low, lambda i: i.high]
    return Rates(*(np.array([of(interval) for interval in intervals]) for of in read))


def _summary(mine: Rates, alone: Rates, truth: float, raw: float, labels: int, repeat: int) -> Redraws:
    def covered(of: Rates) -> float:
        return float(((of.low <= truth + 1e-12) & (truth - 1e-12 <= of.high)).mean())

    def error(of: Rates) -> float:
        apart = np.abs(of.value - truth)
        return float(apart[np.isfinite(apart)].mean()) if np.isfinite(apart).any() else float("nan")

    width, other = (float((of.high - of.low).mean()) for of in (mine, alone))
    ratio = width / other if other > 0 and np.isfinite(other) else float("nan")
    return Redraws(labels, repeat, truth, covered(mine), width, covered(alone), other, ratio, error(mine), error(alone), abs(raw - truth))
