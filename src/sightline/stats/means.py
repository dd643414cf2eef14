"""The mean that people would have given on an ordinal or numeric scale, from a judge's scores on much and people's on little."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.stats.intervals import LEVEL, Array, Interval, effective_size, student_quantile

_FOLDS = 10
_PRIOR = 4.0  # observations that all segments together count for in each
_FEWEST_TO_TUNE = 8  # units with labels; with fewer the judge is not used at all


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean in the unit of people's scores. `slope`: by how much it follows the judge's mean; 0 is not at all. `width_ratio`: of its
    interval to that of the same labels alone, where much more is judged than labelled. `labelled`: scored by people."""

    mean: Interval
    slope: float
    width_ratio: float
    labelled: int


@dataclass(frozen=True, slots=True)
class Judged:
    """All that a judge scored, as sums say it: the weighted `mean` and `variance` of its scores, of how many equally weighted ones they
    are worth (`size`), and how many the answer is about (`population`; infinity for the process behind them)."""

    mean: float
    variance: float
    size: float
    population: float

    @classmethod
    def from_sums(cls, weight: float, squared: float, scored: float, scored_squared: float) -> "Judged":
        """From Σw, Σw², Σwf and Σwf² of the judged; all NaN of none. The population is Σw."""
        if weight <= 0:
            return cls(float("nan"), float("nan"), 0.0, 0.0)
        mean = scored / weight
        return cls(mean, max(scored_squared / weight - mean**2, 0.0), weight**2 / squared, weight)


def corrected_mean(
    human: ArrayLike, judge: ArrayLike, *, weights: ArrayLike | None = None, label_weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None, counted: ArrayLike | None = None, population: float | None = None,
    bounds: tuple[float, float] | None = None, judged: Judged | None = None, level: float = LEVEL, seed: int = 0,
) -> Mean:  # fmt: skip
    """The mean of people's scores over everything judged: the labels' mean, moved by slope × (judge's mean of all − of the labelled).

    human: shape (n,), NaN where nobody scored. judge: shape (n,), finite, on any scale. weights: shape (n,), 1/p of being judged.
    label_weights: shape (n,), 1/p of a judged unit being labelled. clusters: shape (n,), whole numbers; units of one number are not
    independent. counted: shape (n,), whether a unit belongs to what the answer is about; labels of other weeks teach and are not
    counted. population: how many units the answer is about, Σ weights without, infinity for the process behind them. bounds: the scale,
    which the interval won't leave. judged: what all that was judged sums up to, where the rows are the labelled ones alone; `counted`
    and `population` then say nothing.

    The slope is that of the regression of human on judge, not below 0, estimated for each tenth of the clusters on the other nine: a
    slope that has seen the units that it corrects makes the interval too short. Below 8 labelled clusters it is 0. Interval: Student's
    t with clusters − 2 degrees, Var = Var(human − slope·judge)/n + slope²·Var(judge)·(1/N − 1/population), the first term summed by
    cluster. Returns NaN and an interval from −∞ to ∞ (or the bounds) below two labelled clusters. Scores that are all equal leave it
    open how far the rest may lie: bounds say it. Raises ValueError where shapes differ. Sources: Angelopoulos, Duchi & Zrnic (2023),
    PPI++, arXiv 2311.01453, with labels that are part of the judged; the cross-fitting: Zrnic & Candès (2024), PNAS 121(15). Coverage
    measured: docs/calibration.md.
    """
    y, f = np.asarray(human, dtype=np.float64), np.asarray(judge, dtype=np.float64)
    w = np.ones(f.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    by = np.ones(f.shape) if label_weights is None else np.asarray(label_weights, dtype=np.float64)
    group = np.arange(f.size) if clusters is None else np.asarray(clusters, dtype=np.int64)
    if not y.shape == f.shape == w.shape == by.shape == group.shape or f.ndim != 1:
        raise ValueError(f"human, judge, weights and clusters must have one shape (n,): human has {y.shape}, judge {f.shape}.")
    here = np.isfinite(y)
    about = np.ones(f.size, dtype=bool) if counted is None else np.asarray(counted, dtype=bool)
    if judged is None:
        judged = _judged(f[about], w[about], group[about], population)
    everywhere = judged.mean
    names, own = np.unique(group[here], return_inverse=True)
    if names.size < 2 or not judged.size > 0:
        ends = (-np.inf, np.inf) if bounds is None else bounds
        return Mean(Interval(float("nan"), *ends), 0.0, 1.0, int(here.sum()))
    y, f, u = y[here], f[here], (w * by)[here]
    if np.ptp(y) == 0:
        return Mean(_all_alike(float(y[0]), names.size, (-np.inf, np.inf) if bounds is None else bounds, level), 0.0, 1.0, y.size)
    slopes = _slopes(y, f, u, own, names.size, seed)
    moved = y + slopes * (everywhere - f)
    total = float(u.sum())
    value = float(u @ moved / total)
    variance = _variance_of_mean(moved, u, own)
    if 1 < judged.size < judged.population:
        of_judged = judged.variance / judged.size * (1 - judged.size / judged.population)
        variance += float(u @ slopes / total) ** 2 * of_judged
    degrees = names.size - (2 if slopes.any() else 1)
    half = float(student_quantile((1 + level) / 2, max(degrees, 1))) * variance**0.5
    low, high = value - half, value + half
    if bounds is not None:
        value, low, high = (float(np.clip(end, *bounds)) for end in (value, low, high))
    spread = float(u @ (y - u @ y / total) ** 2)
    left = float(u @ (moved - u @ moved / total) ** 2)
    ratio = (left / spread) ** 0.5 if spread > 0 else 1.0
    return Mean(Interval(value, low, high), float(u @ slopes / total), ratio, int(here.sum()))


def _judged(f: Array, w: Array, group: NDArray[np.int64], population: float | None) -> Judged:
    """Of rows; the variance is the one that the mean's own error has, summed by cluster, would have of single units."""
    size, total = effective_size(w), float(w.sum())
    if not f.size:
        return Judged(float("nan"), float("nan"), 0.0, 0.0)
    _, every = np.unique(group, return_inverse=True)
    variance = _variance_of_mean(f, w, every) * size if every.max() > 0 else 0.0
    return Judged(float(w @ f / total), variance, size, total if population is None else population)


def segment_means(
    human: ArrayLike, judge: ArrayLike, segments: ArrayLike, *, count: int, weights: ArrayLike | None = None,
    label_weights: ArrayLike | None = None, counted: ArrayLike | None = None, everywhere: ArrayLike | None = None, level: float = LEVEL,
) -> list[Interval]:  # fmt: skip
    """People's mean in each of `count` segments, of which many have few labels.

    As `corrected_mean`, with one slope for all, from the differences inside segments: m_s = Ȳ_s + slope·(judge's mean of all in s − of
    the labelled in s). Values are not pooled: a judge's bias differs by segment. Variances are moderated by that of all inside their
    segments, which counts as four more observations, so that a few equal scores are not certainty: t with n_s + 3 degrees. segments:
    shape (n,), numbers in 0 … count−1. Returns count intervals; NaN from −∞ to ∞ where a segment has no label or no unit that is
    counted. Source of the moderation: Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3(1), 3, with its prior
    degrees fixed.
    """
    y, f, at = np.asarray(human, dtype=np.float64), np.asarray(judge, dtype=np.float64), np.asarray(segments, dtype=np.int64)
    w = np.ones(f.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    by = np.ones(f.shape) if label_weights is None else np.asarray(label_weights, dtype=np.float64)
    of = np.ones(f.shape) if counted is None else np.asarray(counted, dtype=np.float64)
    here = np.isfinite(y)

    def means(x: Array, u: Array, where: NDArray[np.int64]) -> Array:
        total = np.bincount(where, u, count)
        found: Array = np.divide(np.bincount(where, u * x, count), total, out=np.full(count, np.nan), where=total > 0)
        return found

    of_all = means(f, w * of, at) if everywhere is None else np.asarray(everywhere, dtype=np.float64)
    y, f, own, u = y[here], f[here], at[here], (w * by)[here]
    labels, size = np.bincount(own, minlength=count), np.bincount(own, u, count)
    mean_y, mean_f = means(y, u, own), means(f, u, own)
    from_y, from_f = y - mean_y[own], f - mean_f[own]
    spread = float(u @ from_f**2)
    slope = max(float(u @ (from_f * from_y)) / spread, 0.0) if spread > 0 and labels.sum() - (labels > 0).sum() >= _FEWEST_TO_TUNE else 0.0
    free = np.maximum(labels - 1, 0)
    squares = np.bincount(own, u * (from_y - slope * from_f) ** 2, count) * np.divide(labels, size, out=np.zeros(count), where=size > 0)
    pooled = squares.sum() / max(free.sum() - 1, 1)
    per_label = np.divide(np.bincount(own, u**2, count), size**2, out=np.full(count, np.nan), where=size > 0)
    variance = (squares + _PRIOR * pooled) / (free + _PRIOR) * per_label
    value = mean_y + slope * (of_all - mean_f)
    half = student_quantile((1 + level) / 2, free + _PRIOR) * np.sqrt(variance)
    unknown = Interval(float("nan"), -np.inf, np.inf)
    return [Interval(m, m - h, m + h) if np.isfinite(m) and h > 0 else unknown for m, h in zip(value.tolist(), half.tolist(), strict=True)]


def inverse_mean(
    human: ArrayLike, judge: ArrayLike, *, weights: ArrayLike | None = None, label_weights: ArrayLike | None = None,
    counted: ArrayLike | None = None, judged: Judged | None = None, level: float = LEVEL,
) -> Interval | None:  # fmt: skip
    """The mean by which people's scores would explain the judge's: what Rogan & Gladen are for rates.

    As `corrected_mean`. It turns the regression of judge on human around, m = Ȳ + (judge's mean of all − of the labelled)/slope, and so
    assumes that how the judge scores what people score alike carries over, where `corrected_mean` assumes it of what people score whom
    the judge scored alike. On labels drawn from the same traffic both agree. Interval: Student's t with n − 2 degrees, by the delta
    method. None below 8 labels, without counted units, or where the slope isn't four standard errors above 0: dividing by it says
    nothing. Source: Krutchkoff (1967), Classical and inverse regression methods of calibration, Technometrics 9, 425-439.
    """
    y, f = np.asarray(human, dtype=np.float64), np.asarray(judge, dtype=np.float64)
    w = np.ones(f.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    by = np.ones(f.shape) if label_weights is None else np.asarray(label_weights, dtype=np.float64)
    about = np.ones(f.size, dtype=bool) if counted is None else np.asarray(counted, dtype=bool)
    here = np.isfinite(y)
    n = int(here.sum())
    if judged is None:
        judged = _judged(f[about], w[about], np.arange(f.size)[about], None)
    if n < _FEWEST_TO_TUNE or not judged.size > 0:
        return None
    y, f, u = y[here], f[here], (w * by)[here] / (w * by)[here].mean()
    mean_y, mean_f = float(u @ y) / n, float(u @ f) / n
    spread = float(u @ (y - mean_y) ** 2)
    if spread <= 0:
        return None
    slope = float(u @ ((y - mean_y) * (f - mean_f))) / spread
    left = f - mean_f - slope * (y - mean_y)
    noise = float(u**2 @ left**2) / (n - 2)
    of_slope = float(u**2 @ ((y - mean_y) * left) ** 2) / spread**2
    if slope <= 4 * of_slope**0.5:
        return None
    moved = (judged.mean - mean_f) / slope
    variance = noise / slope**2 * (1 / n + 1 / judged.size) + moved**2 * of_slope / slope**2
    half = float(student_quantile((1 + level) / 2, n - 2)) * variance**0.5
    return Interval(mean_y + moved, mean_y + moved - half, mean_y + moved + half)


def labels_only_mean(
    human: ArrayLike, *, weights: ArrayLike | None = None, clusters: ArrayLike | None = None, bounds: tuple[float, float] | None = None,
    level: float = LEVEL,
) -> Interval:  # fmt: skip
    """The mean of people's scores without any judge: Student's t.

    human: shape (n,), finite. weights: shape (n,), 1/p. clusters, bounds: as in `corrected_mean`.
    """
    y = np.asarray(human, dtype=np.float64)
    u = np.ones(y.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    _, own = np.unique(np.arange(y.size) if clusters is None else np.asarray(clusters, dtype=np.int64), return_inverse=True)
    count = int(own.max()) + 1 if y.size else 0
    ends = (-np.inf, np.inf) if bounds is None else bounds
    if count < 2:
        return Interval(float(y[0]) if y.size else float("nan"), *ends)
    if np.ptp(y) == 0:
        return _all_alike(float(y[0]), count, ends, level)
    value = float(u @ y / u.sum())
    half = float(student_quantile((1 + level) / 2, count - 1)) * _variance_of_mean(y, u, own) ** 0.5
    return Interval(value, max(value - half, ends[0]), min(value + half, ends[1]))


def _all_alike(value: float, count: int, ends: tuple[float, float], level: float) -> Interval:
    """Of equal scores: no more than 1 − ((1 − level)/2)^(1/n) of the rest lies elsewhere, as far away as the scale reaches."""
    elsewhere = 1 - ((1 - level) / 2) ** (1 / count)
    return Interval(value, value - elsewhere * (value - ends[0]), value + elsewhere * (ends[1] - value))


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


def correlation(judge: ArrayLike, human: ArrayLike, *, clusters: ArrayLike | None = None, level: float = LEVEL) -> Interval:
    """Pearson's correlation, with an interval on Fisher's scale whose error is summed by cluster.

    judge, human: shape (n,), finite. clusters: shape (n,), whole numbers; each unit by itself without. NaN where one of both never
    varies, or with fewer than four clusters. Sources: Fisher (1921), Metron 1, 3-32; the error by linearisation, Huber & Ronchetti
    (2009), Robust Statistics, 1.5 and 8.
    """
    f, y = np.asarray(judge, dtype=np.float64), np.asarray(human, dtype=np.float64)
    _, own = np.unique(np.arange(f.size) if clusters is None else np.asarray(clusters, dtype=np.int64), return_inverse=True)
    count = int(own.max()) + 1 if f.size else 0
    if count < 4 or f.std() == 0 or y.std() == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    f, y = (f - f.mean()) / f.std(), (y - y.mean()) / y.std()
    value = float(np.clip((f * y).mean(), -1, 1))
    if abs(value) > 1 - 1e-12:
        return Interval(value, value, value)
    by_cluster = np.bincount(own, f * y - value / 2 * (f**2 + y**2))
    error = float(np.sqrt((by_cluster**2).sum() * count / (count - 1))) / f.size / (1 - value**2)
    half = float(student_quantile((1 + level) / 2, count - 2)) * error
    return Interval(value, float(np.tanh(np.arctanh(value) - half)), float(np.tanh(np.arctanh(value) + half)))
