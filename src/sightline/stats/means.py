"""The mean that people would have given on an ordinal or numeric scale, from a judge's scores on much and people's on little."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.stats.intervals import LEVEL, Array, Interval, effective_size, student_quantile

_FOLDS = 10
_FEWEST_TO_TUNE = 8  # units with labels; with fewer the judge is not used at all


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean in the unit of people's scores. `slope`: by how much it follows the judge's mean; 0 is not at all. `width_ratio`: of its
    interval to that of the same labels alone, where much more is judged than labelled. `labelled`: scored by people."""

    mean: Interval
    slope: float
    width_ratio: float
    labelled: int


def corrected_mean(
    human: ArrayLike, judge: ArrayLike, *, weights: ArrayLike | None = None, label_weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None, population: float | None = None, bounds: tuple[float, float] | None = None, level: float = LEVEL,
    seed: int = 0,
) -> Mean:  # fmt: skip
    """The mean of people's scores over everything judged: the labels' mean, moved by slope × (judge's mean of all − of the labelled).

    human: shape (n,), NaN where nobody scored. judge: shape (n,), finite, on any scale. weights: shape (n,), 1/p of being judged.
    label_weights: shape (n,), 1/p of a judged unit being labelled. clusters: shape (n,), whole numbers; units of one number are not
    independent. population: how many units the answer is about, Σ weights without, infinity for the process behind them. bounds: the
    scale, which the interval won't leave.

    The slope is that of the regression of human on judge, not below 0, estimated for each tenth of the clusters on the other nine: a
    slope that has seen the units that it corrects makes the interval too short. Below 8 labelled clusters it is 0. Interval: Student's
    t with clusters − 2 degrees, Var = Var(human − slope·judge)/n + slope²·Var(judge)·(1/N − 1/population), the first term summed by
    cluster. Returns NaN and an interval from −∞ to ∞ (or the bounds) below two labelled clusters. Raises ValueError where shapes
    differ. Sources: Angelopoulos, Duchi & Zrnic (2023), PPI++, arXiv 2311.01453, with labels that are part of the judged; the
    cross-fitting: Zrnic & Candès (2024), PNAS 121(15). Coverage measured: docs/calibration.md.
    """
    y, f = np.asarray(human, dtype=np.float64), np.asarray(judge, dtype=np.float64)
    w = np.ones(f.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    by = np.ones(f.shape) if label_weights is None else np.asarray(label_weights, dtype=np.float64)
    group = np.arange(f.size) if clusters is None else np.asarray(clusters, dtype=np.int64)
    if not y.shape == f.shape == w.shape == by.shape == group.shape or f.ndim != 1:
        raise ValueError(f"human, judge, weights and clusters must have one shape (n,): human has {y.shape}, judge {f.shape}.")
    here = np.isfinite(y)
    everywhere = float(w @ f / w.sum()) if f.size else float("nan")
    names, own = np.unique(group[here], return_inverse=True)
    if names.size < 2:
        ends = (-np.inf, np.inf) if bounds is None else bounds
        return Mean(Interval(float("nan"), *ends), 0.0, 1.0, int(here.sum()))
    judge_all, y, f, u = f, y[here], f[here], (w * by)[here]
    slopes = _slopes(y, f, u, own, names.size, seed)
    moved = y + slopes * (everywhere - f)
    total = float(u.sum())
    value = float(u @ moved / total)
    judged = effective_size(w)
    of = float(w.sum()) if population is None else population
    variance = _variance_of_mean(moved, u, own)
    if judged < of:
        _, every = np.unique(group, return_inverse=True)
        variance += float(u @ slopes / total) ** 2 * _variance_of_mean(judge_all, w, every) * (1 - judged / of)
    degrees = names.size - (2 if slopes.any() else 1)
    half = float(student_quantile((1 + level) / 2, max(degrees, 1))) * variance**0.5
    low, high = value - half, value + half
    if bounds is not None:
        value, low, high = (float(np.clip(end, *bounds)) for end in (value, low, high))
    spread = float(u @ (y - u @ y / total) ** 2)
    left = float(u @ (moved - u @ moved / total) ** 2)
    ratio = (left / spread) ** 0.5 if spread > 0 else 1.0
    return Mean(Interval(value, low, high), float(u @ slopes / total), ratio, int(here.sum()))


def labels_only_mean(
    human: ArrayLike, *, weights: ArrayLike | None = None, clusters: ArrayLike | None = None, level: float = LEVEL
) -> Interval:
    """The mean of people's scores without any judge: Student's t.

    human: shape (n,), finite. weights: shape (n,), 1/p. clusters: as in `corrected_mean`.
    """
    y = np.asarray(human, dtype=np.float64)
    u = np.ones(y.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    _, own = np.unique(np.arange(y.size) if clusters is None else np.asarray(clusters, dtype=np.int64), return_inverse=True)
    count = int(own.max()) + 1 if y.size else 0
    if count < 2:
        return Interval(float(y[0]) if y.size else float("nan"), -np.inf, np.inf)
    value = float(u @ y / u.sum())
    half = float(student_quantile((1 + level) / 2, count - 1)) * _variance_of_mean(y, u, own) ** 0.5
    return Interval(value, value - half, value + half)


def _variance_of_mean(x: Array, u: Array, own: NDArray[np.intp]) -> float:
    """Of Σux/Σu, by linearisation over the clusters `own`, two or more."""
    total = float(u.sum())
    by_cluster = np.bincount(own, u * (x - u @ x / total))
    return float(by_cluster @ by_cluster) / total**2 * by_cluster.size / (by_cluster.size - 1)


def _slopes(y: Array, f: Array, u: Array, own: NDArray[np.intp], count: int, seed: int) -> Array:
    """Each unit's slope, from the folds that its cluster is not in."""
    if count < _FEWEST_TO_TUNE:
        return np.zeros(y.size)
    folds = min(_FOLDS, count)
    fold = (np.random.default_rng(seed).permutation(count) % folds)[own]

    def left_out(values: Array) -> Array:
        by_fold = np.bincount(fold, values, folds)
        return np.asarray(by_fold.sum() - by_fold, dtype=np.float64)

    total, sum_f, sum_y = left_out(u), left_out(u * f), left_out(u * y)
    spread = left_out(u * f * f) - sum_f**2 / total
    together = left_out(u * f * y) - sum_f * sum_y / total
    slope = np.divide(together, spread, out=np.zeros(folds), where=spread > 1e-12 * np.maximum(left_out(u * f * f), 1e-300))
    return np.maximum(slope, 0)[fold]


def correlation(
    judge: ArrayLike, human: ArrayLike, *, clusters: ArrayLike | None = None, level: float = LEVEL, draws: int = 1_000, seed: int = 0
) -> Interval:
    """Pearson's correlation with the interval of a bootstrap over clusters.

    judge, human: shape (n,), finite. clusters: shape (n,), whole numbers; each unit by itself without. NaN where one of both never varies.
    """
    f, y = np.asarray(judge, dtype=np.float64), np.asarray(human, dtype=np.float64)
    _, own = np.unique(np.arange(f.size) if clusters is None else np.asarray(clusters, dtype=np.int64), return_inverse=True)
    nothing = Interval(float("nan"), float("nan"), float("nan"))
    if f.size < 3 or f.std() == 0 or y.std() == 0:
        return nothing
    f, y = f - f.mean(), y - y.mean()
    sums = np.stack([np.bincount(own, part) for part in (np.ones(f.size), f, y, f * f, y * y, f * y)], axis=1)
    random = np.random.default_rng(seed)
    count = sums.shape[0]
    times = random.multinomial(count, np.full(count, 1 / count), size=draws) @ sums
    n, sum_f, sum_y, ff, yy, fy = times.T
    spread = (ff - sum_f**2 / n) * (yy - sum_y**2 / n)
    drawn = (fy - sum_f * sum_y / n)[spread > 1e-18] / np.sqrt(spread[spread > 1e-18])
    value = float((f * y).sum() / np.sqrt((f * f).sum() * (y * y).sum()))
    if drawn.size == 0:
        return nothing
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, min(float(low), value), max(float(high), value))
