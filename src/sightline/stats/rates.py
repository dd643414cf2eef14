"""The pass rate that people would have given, from a judge's verdicts on much and people's on little.

What the engine gives is sums per verdict; nothing here needs rows. `docs/calibration.md` says what was measured.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.intervals import LEVEL, Array, Interval, effective_size, student_quantile, two_sided, wilson

_DRAWS = 4_000
_CHUNK = 4_000_000  # numbers drawn at once: 32 MB
_MOST_EFFECT = 1_000.0
_LEAST_YOUDEN = 0.2  # below it Rogan and Gladen divide by next to nothing


@dataclass(frozen=True, slots=True)
class Strata:
    """What judge and people said, summed by the judge's verdict. Leading axes are free: segments, weeks, redraws.

    `passed`: shape (..., levels): labelled units with that verdict that people passed. `labelled`: the same shape, labelled units.
    Weighted labels count as (weighted share × effective size, effective size): see `strata`. `shares`: shape (..., levels): each
    verdict's weighted share of all judged units; adds up to 1 over the levels. `judged`: shape (...): judged units, at their effective
    size. `population`: shape (...): how many units the answer is about. That is Σw of the judged ones where the question is 'what would
    people have said of this traffic'; infinity where it is 'of the process that made it'.
    """

    passed: Array
    labelled: Array
    shares: Array
    judged: Array
    population: Array

    def __post_init__(self) -> None:
        if not self.passed.shape == self.labelled.shape == self.shares.shape or self.passed.ndim == 0:
            raise ValueError(
                "passed, labelled and shares must have one shape (..., levels):"
                f" they have {self.passed.shape}, {self.labelled.shape} and {self.shares.shape}."
            )
        if (self.passed < 0).any() or (self.passed > self.labelled + 1e-9).any():
            raise ValueError("passed must lie between 0 and labelled for every verdict.")


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates with their intervals, each of shape (...)."""

    value: Array
    low: Array
    high: Array

    def only(self) -> Interval:
        """The one rate, where there is one."""
        return Interval(float(self.value), float(self.low), float(self.high))


def strata(
    verdicts: ArrayLike, passed: ArrayLike, *, levels: int, weights: ArrayLike | None = None, label_weights: ArrayLike | None = None,
    counted: ArrayLike | None = None, population: float | None = None,
) -> Strata:  # fmt: skip
    """Sum rows up by verdict.

    verdicts: shape (n,), the judge's verdict as a number in 0 … levels−1. passed: shape (n,), 1 where a person passed the unit, 0 where
    not, NaN where nobody looked. weights: shape (n,), 1/p of being judged; 1 without. label_weights: shape (n,), 1/p of a judged unit
    being labelled; 1 without, and right without wherever p depends on nothing but the verdict. counted: shape (n,), whether a unit
    belongs to what the answer is about; labels of other weeks teach and are not counted. population: units that the answer is about; Σ
    weights of the counted without. Returns one Strata without leading axes. Raises ValueError where shapes differ or a verdict is
    outside 0 … levels−1.
    """
    f, y = np.asarray(verdicts, dtype=np.int64), np.asarray(passed, dtype=np.float64)
    w = np.ones(f.size) if weights is None else np.asarray(weights, dtype=np.float64)
    by = np.ones(f.size) if label_weights is None else np.asarray(label_weights, dtype=np.float64)
    if not f.shape == y.shape == w.shape == by.shape or f.ndim != 1:
        raise ValueError(
            f"verdicts, passed and weights must have one shape (n,): they have {f.shape}, {y.shape}, {w.shape} and {by.shape}."
        )
    if f.size and (f.min() < 0 or f.max() >= levels):
        raise ValueError(f"verdicts must lie in 0 … {levels - 1}: they reach from {f.min()} to {f.max()}.")
    about = np.ones(f.size, dtype=bool) if counted is None else np.asarray(counted, dtype=bool)
    total = np.bincount(f[about], w[about], levels)
    here = np.isfinite(y)
    level, both = f[here], (w * by)[here]
    sums = np.bincount(level, both, levels)
    squares = np.bincount(level, both**2, levels)
    size = np.divide(sums**2, squares, out=np.zeros(levels), where=squares > 0)
    rate = np.divide(np.bincount(level, both * y[here], levels), sums, out=np.zeros(levels), where=sums > 0)
    everything = float(total.sum())
    return Strata(
        passed=rate * size,
        labelled=size,
        shares=total / everything if everything > 0 else np.full(levels, np.nan),
        judged=np.asarray(effective_size(w[about])),
        population=np.asarray(everything if population is None else population),
    )


def design_effect(
    verdicts: ArrayLike,
    passed: ArrayLike,
    clusters: ArrayLike,
    shares: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    level: float = LEVEL,
) -> float:
    """How many times as many labels it takes when they come in clusters, 1 or more: what to divide `passed` and `labelled` of Strata by.

    verdicts, passed, clusters: shape (n,), of the labelled: numbers in 0 … levels−1, 0 or 1, whole numbers; units of one cluster are
    not independent. shares: shape (levels,), q_f. The variance of Σ q_f p_f summed by cluster over the one of single units, times (t /
    z)², t with clusters − 1 degrees, as a few clusters don't know their variance well. 1 where every cluster has one unit; infinity
    would be right for a single cluster, and 1,000 is returned. Source: Kish (1965), Survey Sampling, 5.4 and 8.2; linearisation by
    strata: Särndal, Swensson & Wretman (1992), 7.6.
    """
    f, y = np.asarray(verdicts, dtype=np.int64), np.asarray(passed, dtype=np.float64)
    q = np.asarray(shares, dtype=np.float64)
    names, own = np.unique(np.asarray(clusters), return_inverse=True)
    if names.size == f.size:
        return 1.0
    if names.size == 1:
        return _MOST_EFFECT
    w = np.ones(f.size) if weights is None else np.asarray(weights, dtype=np.float64)
    sums = np.bincount(f, w, q.size)
    rate = np.divide(np.bincount(f, w * y, q.size), sums, out=np.zeros(q.size), where=sums > 0)
    part = np.divide(q, sums, out=np.zeros(q.size), where=sums > 0)
    by_unit = part[f] * w * (y - rate[f])
    single, together = float(by_unit @ by_unit), float((np.bincount(own, by_unit) ** 2).sum())
    few = float(student_quantile((1 + level) / 2, names.size - 1)) / two_sided(level)
    clustered = together / single * names.size / (names.size - 1) if single > 0 else 1.0
    return min(max(clustered * few**2, 1.0), _MOST_EFFECT)


def corrected_rate(of: Strata, *, level: float = LEVEL, draws: int = _DRAWS, seed: int = 0) -> Rates:
    """The share that people would pass, post-stratified on the judge's verdict: Σ q_f p_f.

    q_f is the share of verdict f among all judged, p_f the pass rate among the labelled with that verdict. Labels may have been drawn
    with any probability that depends on the verdict. A verdict without labels counts as 'anything from 0 to 1'; with no labels at all
    the value is NaN.

    Interval: quantiles of drawn Σ q_f p_f with p_f ~ Beta(k_f + ½, n_f − k_f + ½) (Jeffreys) and q ~ Dirichlet(½ + judged counts),
    drawn towards the counted q by √(1 − judged / population): where all of the population was judged, q is known. Labels are never
    taken for the whole truth, however many there are: another person might have said otherwise. Seeded: the same table has the same
    answer. Value: Σ q_f p_f itself, so it is the plain mean of the labels where all are labelled; where a verdict has no labels its p_f
    is ½. It assumes that p_f carries over from the labelled to the rest. It can't be narrower than the binomial noise of the labels
    inside the verdicts. Source: Holt & Smith (1979), Post stratification, JRSS A 142, 33-46; Brown, Cai & DasGupta (2001), Interval
    estimation for a binomial proportion, Statistical Science 16, 101-133 for the ½. Coverage measured: docs/calibration.md.
    """
    lead, levels = of.passed.shape[:-1], of.passed.shape[-1]
    k, n, q = (array.reshape(-1, levels) for array in (of.passed, of.labelled, of.shares))
    judged = np.broadcast_to(of.judged, lead).reshape(-1)
    population = np.broadcast_to(of.population, lead).reshape(-1)
    unknown = ~np.isfinite(q).all(axis=1) | (n.sum(axis=1) <= 0)
    q = np.where(unknown[:, None], 1 / levels, q)
    own = np.divide(k, n, out=np.full(k.shape, 0.5), where=n > 0)
    value = np.where(unknown, np.nan, (q * own).sum(axis=1))
    random = np.random.default_rng(seed)
    low, high = np.empty(value.shape), np.empty(value.shape)
    step = max(1, _CHUNK // (draws * levels))
    ends = [(1 - level) / 2, (1 + level) / 2]
    for begin in range(0, value.size, step):
        rows = slice(begin, begin + step)
        drawn = random.beta(k[rows] + 0.5, n[rows] - np.minimum(k[rows], n[rows]) + 0.5, size=(draws, *k[rows].shape))
        weights = draw_shares(random, q[rows], judged[rows], population[rows], draws)
        low[rows], high[rows] = np.quantile((weights * drawn).sum(axis=-1), ends, axis=0)
    low, high = np.clip(np.minimum(low, value), 0, 1), np.clip(np.maximum(high, value), 0, 1)
    low, high = np.where(unknown, 0.0, low), np.where(unknown, 1.0, high)
    return Rates(value.reshape(lead), low.reshape(lead), high.reshape(lead))


def draw_shares(random: np.random.Generator, shares: Array, judged: Array, population: Array, draws: int) -> Array:
    """Shares of the verdicts that may stand behind the counted ones: shape (draws, n, levels), or (1, n, levels) where they are known.

    shares: shape (n, levels). judged, population: shape (n,). Dirichlet(½ + counts), drawn towards the counted by √(1 − judged /
    population).
    """
    unjudged = np.sqrt(np.clip(1 - np.divide(judged, population, out=np.ones(judged.shape), where=population > 0), 0, 1))
    if not (unjudged > 0).any():
        return shares[None]
    gamma = random.standard_gamma(0.5 + shares * judged[:, None], size=(draws, *shares.shape))
    return np.asarray(shares + (gamma / gamma.sum(axis=-1, keepdims=True) - shares) * unjudged[:, None], dtype=np.float64)


def labels_only_rate(passed: ArrayLike, labelled: ArrayLike, *, level: float = LEVEL) -> Rates:
    """What the labels say without any judge: Wilson's interval.

    passed, labelled: shapes that broadcast; a weighted sample of labels counts as (share × effective size, effective size).
    NaN and (0, 1) where nothing is labelled.
    """
    k, n = np.broadcast_arrays(np.asarray(passed, dtype=np.float64), np.asarray(labelled, dtype=np.float64))
    low, high = wilson(k, n, level=level)
    return Rates(np.divide(k, n, out=np.full(n.shape, np.nan), where=n > 0), low, high)


@dataclass(frozen=True, slots=True)
class RoganGladen:
    """The rate that a judge with this sensitivity and specificity would have been shown. `youden` = sensitivity + specificity − 1."""

    rate: Interval
    youden: float


def rogan_gladen(
    said_pass: float, judged: float, true_passes: float, passes: float, true_fails: float, fails: float, *, level: float = LEVEL
) -> RoganGladen | None:
    """(q + specificity − 1) / (sensitivity + specificity − 1), beside the post-stratified rate and never instead of it.

    said_pass of judged units the judge passed. Of the labelled: it passed true_passes of the `passes` that people passed, and failed
    true_fails of the `fails` that they failed. None where Youden's J is below 0.2 or a class has no labels: dividing by it says
    nothing. It assumes that sensitivity and specificity carry over, where post-stratification assumes that the pass rate by verdict
    does. Sources: Rogan & Gladen (1978), Am. J. Epidemiology 107, 71-76; interval: Lang & Reiczigel (2014), Preventive Veterinary
    Medicine 113, 13-22.
    """
    if passes <= 0 or fails <= 0 or judged <= 0:
        return None
    youden = true_passes / passes + true_fails / fails - 1
    if youden < _LEAST_YOUDEN:
        return None
    z = two_sided(level)
    said, of = said_pass + z**2 / 2, judged + z**2
    q, sensitivity, specificity = said / of, (true_passes + 1) / (passes + 2), (true_fails + 1) / (fails + 2)
    adjusted = sensitivity + specificity - 1
    if adjusted <= 0:
        return None
    rate = (q + specificity - 1) / adjusted
    of_sensitivity = sensitivity * (1 - sensitivity) / (passes + 2)
    of_specificity = specificity * (1 - specificity) / (fails + 2)
    shift = 2 * z**2 * (rate * of_sensitivity - (1 - rate) * of_specificity)
    error = np.sqrt(q * (1 - q) / of + rate**2 * of_sensitivity + (1 - rate) ** 2 * of_specificity) / adjusted
    value = (said_pass / judged + true_fails / fails - 1) / youden
    ends = np.clip([value, rate + shift - z * error, rate + shift + z * error], 0, 1)
    return RoganGladen(Interval(float(ends[0]), float(ends[1]), float(ends[2])), youden)
