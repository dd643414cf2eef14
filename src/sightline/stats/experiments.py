"""Two runs over one dataset, item by item: by how much they differ, and whether a gate should let the new one through."""

from dataclasses import dataclass
from math import erfc
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.bias import sign_test
from sightline.stats.intervals import LEVEL, Array, Interval, student_quantile, two_sided

_FEW = 30  # items, below which the t interval isn't trusted on skewed differences
_DRAWS = 4_000

Gate = Literal["passed", "failed", "not enough data"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference`: second − first, in the unit of the scores. `p_value`: of no difference, two-sided. `items`: that both runs have.
    `better`, `worse`, `same`: items by the sign of their difference. `method`: in words."""

    difference: Interval
    p_value: float
    items: int
    better: int
    worse: int
    same: int
    method: str


def compare_rates(first: ArrayLike, second: ArrayLike, *, level: float = LEVEL) -> Comparison:
    """Compare passed or failed, item by item.

    first, second: shape (items,), 1 passed, 0 failed, NaN where a run has no verdict: such items are left out. p-value: McNemar's exact
    test. Interval: Agresti & Min's, Wald's with ½ added to all four cells. NaN without items. Raises ValueError for other values or
    shapes. Sources: McNemar (1947), Psychometrika 12, 153-157; Agresti & Min (2005), Statistics in Medicine 24, 729-740.
    """
    a, b = _both(first, second)
    if not (np.isin(a, (0, 1)).all() and np.isin(b, (0, 1)).all()):
        raise ValueError("rates are compared of 1 (passed) and 0 (failed): compare_means takes any scores.")
    n, better, worse = a.size, int((b > a).sum()), int((b < a).sum())
    if n == 0:
        return Comparison(Interval(float("nan"), -1.0, 1.0), 1.0, 0, 0, 0, 0, "McNemar, exact")
    value, gap = (better - worse) / n, (better - worse) / (n + 2)
    half = two_sided(level) * (((better + worse + 1) / (n + 2) - gap**2) / (n + 2)) ** 0.5
    interval = Interval(value, max(min(gap - half, value), -1.0), min(max(gap + half, value), 1.0))
    return Comparison(interval, sign_test(better, worse), n, better, worse, n - better - worse, "McNemar, exact")


def compare_means(
    first: ArrayLike, second: ArrayLike, *, items: ArrayLike | None = None, level: float = LEVEL, draws: int = _DRAWS, seed: int = 0
) -> Comparison:
    """Compare scores, item by item; repeats of one item are averaged first, for they are one observation.

    first, second: shape (n,), the two runs' scores of one repeat of one item each; NaN where there is none. items: shape (n,), whole
    numbers, which item each belongs to; each by itself without. Interval: Student's t over items' differences; below 30 items the
    bootstrap-t, which follows their skewness, where it is wider. p-value: by the t statistic (a permutation of signs below 30 items,
    all or `draws` of them). Below two items the interval is unbounded. Sources: Student (1908); Efron & Tibshirani (1993), An
    Introduction to the Bootstrap, 12.5 (bootstrap-t) and 15 (permutation).
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    at = np.arange(a.size) if items is None else np.asarray(items, dtype=np.int64)
    if not a.shape == b.shape == at.shape or a.ndim != 1:
        raise ValueError(f"first, second and items must have one shape (n,): they have {a.shape}, {b.shape} and {at.shape}.")
    known = np.isfinite(a) & np.isfinite(b)
    _, own = np.unique(at[known], return_inverse=True)
    apart = np.bincount(own, (b - a)[known]) / np.maximum(np.bincount(own), 1)
    n = apart.size
    signs = (int((apart > 0).sum()), int((apart < 0).sum()), int((apart == 0).sum()))
    if n < 2:
        return Comparison(Interval(float(apart[0]) if n else float("nan"), -np.inf, np.inf), 1.0, n, *signs, "too few items")
    value, error = float(apart.mean()), float(apart.std(ddof=1)) / n**0.5
    reach = float(student_quantile((1 + level) / 2, n - 1)) * error
    low, high, method = value - reach, value + reach, "paired t"
    random = np.random.default_rng(seed)
    if n < _FEW and error > 0:
        drawn = apart[random.integers(n, size=(draws, n))]
        spread = drawn.std(axis=1, ddof=1) / n**0.5
        t = (drawn.mean(axis=1) - value)[spread > 1e-12 * error] / spread[spread > 1e-12 * error]
        up, down = np.quantile(t, [(1 + level) / 2, (1 - level) / 2])
        low, high, method = min(low, value - float(up) * error), max(high, value - float(down) * error), "bootstrap-t"
    return Comparison(Interval(value, low, high), _flips(apart, draws, random), n, *signs, method)


def gate(of: Comparison, *, margin: float) -> Gate:
    """Whether the second run may pass: 'failed' when its interval lies below −margin, 'passed' when it lies above, else 'not enough data'.

    margin: the loss that doesn't matter, in the unit of the difference, not negative (else ValueError).
    """
    if not margin >= 0:
        raise ValueError(f"margin is the loss that doesn't matter, 0 or more: this is {margin}.")
    if of.difference.high < -margin:
        return "failed"
    return "passed" if of.difference.low >= -margin else "not enough data"


def items_to_pass(of: Comparison, *, margin: float) -> int | None:
    """How many items would let the gate decide if the difference stays as it is; None where it lies on the border, or above 100 times
    as many."""
    distance = of.difference.value + margin
    half = (of.difference.value - of.difference.low) if distance > 0 else (of.difference.high - of.difference.value)
    if half == 0:
        return of.items
    if not np.isfinite(half) or abs(distance) * 10 < half:
        return None
    return int(np.ceil(of.items * max((half / abs(distance)) ** 2, 1) - 1e-6))


def sample_ratio_p_value(first: int, second: int, *, expected: float = 0.5) -> float:
    """p-value that units were assigned as planned: a low one means that the comparison is broken, whatever it says.

    first, second: units in each arm. expected: the planned share of the first, strictly between 0 and 1. Two-sided, normal with
    continuity correction. Source: Fabijan et al. (2019), Diagnosing sample ratio mismatch, KDD.
    """
    n = first + second
    if n == 0:
        return 1.0
    z = max(abs(first - n * expected) - 0.5, 0) / (n * expected * (1 - expected)) ** 0.5
    return erfc(z / 2**0.5)


def _both(first: ArrayLike, second: ArrayLike) -> tuple[Array, Array]:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"first and second must have one shape (items,): they have {a.shape} and {b.shape}.")
    known = np.isfinite(a) & np.isfinite(b)
    return a[known], b[known]


def _flips(apart: Array, draws: int, random: np.random.Generator) -> float:
    """Of no difference, by the signs of the differences: exact below 13 items, drawn below 30, by the normal limit of the same test
    above."""
    n = apart.size
    if not apart.any():
        return 1.0
    seen = abs(float(apart.sum()))
    if n >= _FEW:
        return erfc(seen / float(np.sqrt(2 * (apart**2).sum())))
    if n <= 12:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
        return float((np.abs(signs @ apart) >= seen * (1 - 1e-9)).mean())
    signs = 1 - 2 * random.integers(0, 2, size=(draws, n))
    return float((1 + (np.abs(signs @ apart) >= seen * (1 - 1e-9)).sum()) / (draws + 1))
