"""Where a judge is too kind or too harsh: its bias by segment, with a correction for looking at many."""

from dataclasses import dataclass
from math import comb
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.intervals import LEVEL, Array, Interval, student_quantile, two_sided

FALSE_DISCOVERIES = 0.05

_PRIOR = 4.0  # observations that all segments together count for in each


@dataclass(frozen=True, slots=True)
class Bias:
    """Judge − people among the labelled, in the unit of the verdicts. `p_value`: of no bias, by itself. `adjusted_p`: after looking at
    all segments. `flagged`: adjusted_p ≤ 0.05. `labelled`: units that it stands on."""

    bias: Interval
    p_value: float
    adjusted_p: float
    flagged: bool
    labelled: int


def rate_bias(judge: ArrayLike, human: ArrayLike, segments: ArrayLike, *, count: int, level: float = LEVEL) -> list[Bias]:
    """Bias of a binary judge in each of `count` segments.

    judge, human: shape (n,), 0 or 1, labelled units only. segments: shape (n,), numbers in 0 … count−1. p-value: McNemar's exact test,
    that the judge errs as often to either side. Interval: Agresti & Min's, Wald's with ½ added to all four cells. Adjusted: Benjamini &
    Hochberg's over the segments with labels, so at most 5 % of the flagged are expected to be flagged for nothing. Sources: Agresti &
    Min (2005), Statistics in Medicine 24, 729-740; Benjamini & Hochberg (1995), JRSS B 57, 289-300.
    """
    f, y, at = np.asarray(judge, dtype=np.int64), np.asarray(human, dtype=np.int64), np.asarray(segments, dtype=np.int64)
    size = np.bincount(at, minlength=count)
    kind = np.bincount(at, f * (1 - y), count).astype(int)
    harsh = np.bincount(at, y * (1 - f), count).astype(int)
    z = two_sided(level)
    found = []
    for b, c, n in zip(kind.tolist(), harsh.tolist(), size.tolist(), strict=True):
        if n == 0:
            found.append((Interval(float("nan"), -1.0, 1.0), 1.0, 0))
            continue
        added, gap = n + 2, (b - c) / (n + 2)
        half = z * (((b + c + 1) / added - gap**2) / added) ** 0.5
        value = (b - c) / n
        interval = Interval(value, max(min(gap - half, value), -1.0), min(max(gap + half, value), 1.0))
        found.append((interval, sign_test(b, c), n))
    return _adjusted(found)


def score_bias(judge: ArrayLike, human: ArrayLike, segments: ArrayLike, *, count: int, level: float = LEVEL) -> list[Bias]:
    """Bias of a judge whose scores are on people's own scale in each of `count` segments.

    As `rate_bias`, of scores. Each segment's variance is moderated by that of all within their segments, which counts as four more
    observations: a segment of a few equal differences is not certain. p-value: normal, of the t statistic at the segment's n + 3
    degrees. Source of the moderation: Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3(1), 3, with its prior
    degrees fixed.
    """
    apart = np.asarray(judge, dtype=np.float64) - np.asarray(human, dtype=np.float64)
    at = np.asarray(segments, dtype=np.int64)
    size = np.bincount(at, minlength=count)
    mean = np.divide(np.bincount(at, apart, count), size, out=np.full(count, np.nan), where=size > 0)
    squares = np.bincount(at, (apart - mean[at]) ** 2, count)
    free = np.maximum(size - 1, 0)
    pooled = squares.sum() / max(free.sum(), 1)
    variance = (squares + _PRIOR * pooled) / (free + _PRIOR)
    found = []
    for n, value, spread in zip(size.tolist(), mean.tolist(), variance.tolist(), strict=True):
        if n == 0:
            found.append((Interval(float("nan"), -np.inf, np.inf), 1.0, 0))
            continue
        degrees, error = n - 1 + _PRIOR, (spread / n) ** 0.5
        half = float(student_quantile((1 + level) / 2, degrees)) * error
        found.append((Interval(value, value - half, value + half), _two_sided_p(value, error, degrees), n))
    return _adjusted(found)


def sign_test(first: int, second: int) -> float:
    """Two-sided exact p-value that `first` and `second` discordant pairs come from a fair coin: McNemar's exact test; 1 without pairs.

    Source: McNemar (1947), Psychometrika 12, 153-157; exact by the binomial distribution.
    """
    n, fewer = first + second, min(first, second)
    return min(1.0, 2 * sum(comb(n, i) for i in range(fewer + 1)) / 2**n) if n else 1.0


def benjamini_hochberg(p_values: ArrayLike) -> Array:
    """p-values adjusted so that cutting them at q keeps the expected share of false discoveries at q. Shape (n,) in and out."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    adjusted = np.empty(p.shape)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return adjusted


def _two_sided_p(value: float, error: float, degrees: float) -> float:
    """Of Student's t by Wallace's normal approximation (1959), within 1 % of its size from 4 degrees on."""
    if error <= 0:
        return 1.0 if value == 0 else 0.0
    t = abs(value) / error
    z = (8 * degrees + 1) / (8 * degrees + 3) * (degrees * np.log1p(t**2 / degrees)) ** 0.5
    return float(2 * NormalDist().cdf(-float(z)))


def _adjusted(found: list[tuple[Interval, float, int]]) -> list[Bias]:
    with_labels = [i for i, (_, _, n) in enumerate(found) if n > 0]
    adjusted = dict(zip(with_labels, benjamini_hochberg([found[i][1] for i in with_labels]).tolist(), strict=True))
    return [
        Bias(interval, p, adjusted.get(i, 1.0), adjusted.get(i, 1.0) <= FALSE_DISCOVERIES, n) for i, (interval, p, n) in enumerate(found)
    ]
