"""Looking back on a whole series: where did its level change?"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PRICE = 5.0
SHORTEST = 5
MOST = 8


def change_points(values: Array, *, price: float = PRICE) -> list[int]:
    """Positions at which a new level begins, in order.

    values: shape (n,) or (n, series); NaN is filled in linearly. Greedy segmentation: the split that explains most is kept while what it
    explains, in long-run variances of what the segments leave, is more than price × log n. The long-run variance (Bartlett, √n lags) makes
    slow waves and trends dear, so that they are not cut to pieces. At most MOST changes, segments of SHORTEST values or more. Sources:
    Vostrikova (1981) for binary segmentation; Andrews (1991) for the variance.
    """
    x = np.column_stack([_filled(column) for column in np.atleast_2d(values.T)])
    n = x.shape[0]
    found: list[int] = []
    while len(found) < MOST:
        best: tuple[float, int] | None = None
        edges = [0, *found, n]
        for begin, end in pairwise(edges):
            if end - begin < 2 * SHORTEST:
                continue
            gains = _gains(x[begin:end])
            at = int((gains / (x.var(axis=0) + 1e-300)).sum(axis=1).argmax())
            split = begin + SHORTEST + at
            ratio = float((gains[at] / _long_run(x, sorted([*found, split]))).sum()) / x.shape[1] ** 0.5
            if best is None or ratio > best[0]:
                best = (ratio, split)
        if best is None or best[0] < price * np.log(n):
            break
        found = sorted([*found, best[1]])
    return found


def _filled(column: Array) -> Array:
    known = np.isfinite(column)
    return np.interp(np.arange(column.size), np.flatnonzero(known), column[known]) if known.any() else np.zeros(column.shape)


def _gains(x: Array) -> Array:
    """What a split explains, for each place of it: shape (places, series)."""
    n = x.shape[0]
    sums = np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)])
    left = np.arange(SHORTEST, n - SHORTEST + 1)
    a, b = left[:, None], (n - left)[:, None]
    return np.asarray((sums[left] / a - (sums[-1] - sums[left]) / b) ** 2 * a * b / n)


def _long_run(x: Array, cuts: list[int]) -> Array:
    edges = [0, *cuts, x.shape[0]]
    left = np.concatenate([x[a:b] - x[a:b].mean(axis=0) for a, b in pairwise(edges)])
    short = (left**2).mean(axis=0)
    lags = int(np.ceil(x.shape[0] ** 0.5))
    long = short.copy()
    for k in range(1, lags):
        long += 2 * (1 - k / lags) * (left[:-k] * left[k:]).mean(axis=0)
    return np.asarray(np.maximum(long, short) + 1e-12 * (1 + np.abs(x).max(axis=0) ** 2))
