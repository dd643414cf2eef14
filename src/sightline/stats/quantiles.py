"""Intervals for quantiles and means, and for their differences between two independent samples."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
Interval = tuple[float, float]


def order_statistic_ranks(n: int, q: float, *, level: float = LEVEL) -> tuple[int, int] | None:
    """Which of n sorted values enclose the q-quantile of what they were drawn from: ranks (low, high), the smallest value being 1.

    n: how many values, independent draws from one distribution. q: between 0 and 1, both excluded. The values at the ranks enclose the
    quantile with a probability of at least `level`, whatever the distribution; each end is missed with at most half of the rest.
    Returns None where n is too small for that: for the P99 at 95 % below 368. Raises ValueError for a q or a level that is none.
    Source: the binomial distribution of the count below the quantile; David & Nagaraja (2003), Order Statistics, 3rd ed., section 7.1.
    """
    _check(q=q, level=level)
    if n < 1:
        return None
    first, below = _binomial(n, q)
    tail = (1 - level) / 2
    # P(count <= k): the count of values below the quantile; rank r holds the quantile from below while P(count < r) <= tail
    low = first + int(np.searchsorted(below, tail, side="right"))  # the first k with P(count <= k) > tail
    high = first + int(np.searchsorted(below, 1 - tail, side="left")) + 1
    return (low, high) if low >= 1 and high <= n else None


def _binomial(n: int, q: float) -> tuple[int, NDArray[np.float64]]:
    """The first count k0 that matters, and P(count <= k) from there on, for the binomial distribution of n draws."""
    spread = 12 * math.sqrt(n * q * (1 - q)) + 12
    first, last = max(0, math.floor(n * q - spread)), min(n, math.ceil(n * q + spread))
    counts = np.arange(first, last + 1, dtype=np.float64)
    steps = np.log(n - counts[:-1]) - np.log(counts[:-1] + 1) + math.log(q) - math.log1p(-q)
    start = math.lgamma(n + 1) - math.lgamma(first + 1) - math.lgamma(n - first + 1) + first * math.log(q) + (n - first) * math.log1p(-q)
    chances = np.exp(start + np.concatenate(([0.0], np.cumsum(steps))))
    return first, np.cumsum(chances / chances.sum())


def quantile_levels(n: float, q: float, *, level: float = LEVEL) -> Interval | None:
    """Between which levels of the sample the q-quantile lies: (low, high), for an effective number n of draws that need not be whole.

    The normal approximation of `order_statistic_ranks`, for weighted rows (n is Kish's (Σw)²/Σw²) and for sketches. None where a level
    would leave the sample. Raises ValueError for a q or a level that is none.
    Source: Hyndman & Fan (1996), American Statistician 50(4); Woodruff (1952), JASA 47(260), doi:10.1080/01621459.1952.10483443.
    """
    _check(q=q, level=level)
    if n <= 0:
        return None
    half = NormalDist().inv_cdf(0.5 + level / 2) * math.sqrt(q * (1 - q) / n)
    low, high = q - half, q + half + 1 / n
    return (low, high) if low > 0 and high < 1 else None


def difference_interval(a: float, around_a: Interval, b: float, around_b: Interval) -> Interval:
    """The interval of b − a from the intervals of both, which need not be symmetric; of the same level as they are.

    Square-and-add (MOVER): what each estimate may be off towards the other is added as lengths at right angles.
    Source: Zou & Donner (2008), Statistics in Medicine 27(10), 1693-1702, doi:10.1002/sim.3095; for proportions it is Newcombe's.
    """
    difference = b - a
    below = math.hypot(b - around_b[0], around_a[1] - a)
    above = math.hypot(around_b[1] - b, a - around_a[0])
    return difference - below, difference + above


def mean_interval(
    a: float, variance_a: float, n_a: float, b: float, variance_b: float, n_b: float, *, level: float = LEVEL
) -> Interval | None:
    """The interval of the difference b − a of two means of independent samples whose variances may differ; None below two values in one.

    variance: of single values (n − 1). n: how many, or the effective number of weighted ones.
    Source: Welch (1947), Biometrika 34, 28-35, doi:10.1093/biomet/34.1-2.28.
    """
    _check(q=0.5, level=level)
    if n_a < 2 or n_b < 2:
        return None
    one, other = variance_a / n_a, variance_b / n_b
    if one + other == 0:
        return b - a, b - a
    freedom = (one + other) ** 2 / (one**2 / (n_a - 1) + other**2 / (n_b - 1))
    half = student_t(0.5 + level / 2, freedom) * math.sqrt(one + other)
    return b - a - half, b - a + half


def student_t(p: float, freedom: float) -> float:
    """The p-quantile of Student's t with `freedom` degrees (need not be whole), to four digits from 3 degrees on.

    Raises ValueError for a p outside (0, 1) and for less than one degree.
    Source: Hill (1970), Algorithm 396, Communications of the ACM 13(10), 619-620, doi:10.1145/355598.355600.
    """
    if not 0 < p < 1 or freedom < 1:
        raise ValueError(f"p must lie between 0 and 1 and freedom be 1 or more: {p}, {freedom}")
    tails = 2 * min(p, 1 - p)
    sign = 1.0 if p >= 0.5 else -1.0
    if freedom == 1:
        return sign / math.tan(tails * math.pi / 2)
    if freedom == 2:
        return sign * math.sqrt(2 / (tails * (2 - tails)) - 2)
    a = 1 / (freedom - 0.5)
    b = 48 / a**2
    c = ((20_700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * freedom
    y = (d * tails) ** (2 / freedom)
    if y > 0.05 + a:
        x = NormalDist().inv_cdf(tails / 2)
        y = x**2
        if freedom < 5:
            c += 0.3 * (freedom - 4.5) * (x + 0.6)
        c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = a * y**2
        y = math.expm1(y) if y > 0.002 else 0.5 * y**2 + y
    else:
        y = ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y - 1) * (
            freedom + 1
        ) / (freedom + 2) + 1 / y
    return sign * math.sqrt(freedom * y)


def _check(*, q: float, level: float) -> None:
    if not 0 < q < 1 or not 0 < level < 1:
        raise ValueError(f"a quantile and a level lie between 0 and 1: {q}, {level}")
