"""Intervals for shares and means, and the quantiles that they take. Arrays in, arrays out; every function broadcasts."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its interval, all in one unit. NaN where nothing can be said."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """high − low."""
        return self.high - self.low

    def holds(self, value: float) -> bool:
        """Whether `value` lies inside, ends included."""
        return self.low <= value <= self.high


def normal_quantile(probability: float) -> float:
    """The standard normal quantile; `probability` strictly between 0 and 1 (else ValueError)."""
    if not 0 < probability < 1:
        raise ValueError(f"a probability lies strictly between 0 and 1: this is {probability}.")
    return NormalDist().inv_cdf(probability)


def two_sided(level: float) -> float:
    """How many standard errors a normal interval of this level reaches to either side: 1.96 for 0.95."""
    return normal_quantile((1 + level) / 2)


def student_quantile(probability: float, degrees: ArrayLike) -> Array:
    """Quantiles of Student's t. degrees: any shape, at least 1, need not be whole; infinity gives the normal quantile.

    Exact at 1 and 2 degrees, else the expansion of Fisher and Cornish to the fifth order: within 0.6 % of the exact value at 3 degrees,
    0.1 % at 4 and 0.01 % from 8 on (for probabilities to 0.995: 5 %, 1.5 % and 0.1 %). Between 1, 2 and 3 degrees it is interpolated in
    1/degrees. Source: Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.5.
    """
    v = np.maximum(np.asarray(degrees, dtype=np.float64), 1)
    x = normal_quantile(probability)
    expansion = np.array([
        x,
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    ])  # fmt: skip

    def expanded(inverse: Array) -> Array:
        return np.asarray(np.polynomial.polynomial.polyval(inverse, expansion), dtype=np.float64)

    inverse = 1 / v
    tail = 2 * probability - 1
    exact = np.array([expanded(np.array(1 / 3)), tail * np.sqrt(2 / (1 - tail**2)), np.tan(np.pi * (probability - 0.5))])
    few = np.interp(inverse, [1 / 3, 1 / 2, 1.0], exact)
    return np.where(v < 3, few, expanded(inverse))


def wilson(passed: ArrayLike, count: ArrayLike, *, level: float = LEVEL) -> tuple[Array, Array]:
    """(low, high) of a share: Wilson's score interval.

    passed, count: any shapes that broadcast, 0 ≤ passed ≤ count; neither need be whole, so a weighted share takes its effective size.
    (0, 1) where count is 0. Source: Wilson (1927), JASA 22, 209-212, doi:10.1080/01621459.1927.10502953.
    """
    z = two_sided(level)
    k, n = np.broadcast_arrays(np.asarray(passed, dtype=np.float64), np.asarray(count, dtype=np.float64))
    middle = (k + z**2 / 2) / (n + z**2)
    spread = np.divide(k * (n - k), n, out=np.zeros(n.shape), where=n > 0)
    half = z * np.sqrt(np.maximum(spread, 0) + z**2 / 4) / (n + z**2)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def share(passed: float, count: float, *, level: float = LEVEL) -> Interval:
    """A share with Wilson's interval; its value is NaN where count is 0."""
    low, high = wilson(passed, count, level=level)
    return Interval(passed / count if count > 0 else float("nan"), float(low), float(high))


def share_difference(first: Interval, second: Interval) -> Interval:
    """first − second of two independent shares, from their own intervals by Newcombe's square-and-add.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    value = first.value - second.value
    low = value - float(np.hypot(first.value - first.low, second.high - second.value))
    high = value + float(np.hypot(first.high - first.value, second.value - second.low))
    return Interval(value, max(low, -1.0), min(high, 1.0))


def effective_size(weights: ArrayLike) -> float:
    """Of how many equally weighted observations weighted ones are worth: (Σw)²/Σw² (Kish 1965, Survey Sampling); 0 for none."""
    w = np.asarray(weights, dtype=np.float64)
    squares = float((w**2).sum())
    return float(w.sum()) ** 2 / squares if squares > 0 else 0.0
