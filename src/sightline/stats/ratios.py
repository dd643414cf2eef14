"""Means and ratios of units that were not drawn one by one: requests of one user or one trace belong together."""

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.intervals import LEVEL, Interval, student_quantile


def clustered_ratio(y: ArrayLike, x: ArrayLike, clusters: ArrayLike | None = None, *, level: float = LEVEL) -> Interval:
    """Σy / Σx with its interval, clusters being what was drawn independently.

    y, x: shape (n,), finite, already weighted; x not negative. For a weighted mean of values v, y = w·v and x = w. clusters: shape (n,),
    whole numbers; each row by itself without. Interval: linearised variance Σ_c (y_c − R·x_c)² / (Σx)² · C/(C−1), Student's t with C − 1
    degrees. NaN where Σx is 0; from −∞ to ∞ below two clusters. Raises ValueError where shapes differ. Source: Deng, Knoblich & Lu
    (2018), Applying the delta method in metric analytics, KDD, arXiv 1803.06336.
    """
    over, under = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    of = np.arange(over.size) if clusters is None else np.asarray(clusters, dtype=np.int64)
    if not over.shape == under.shape == of.shape or over.ndim != 1:
        raise ValueError(f"y, x and clusters must have one shape (n,): they have {over.shape}, {under.shape} and {of.shape}.")
    total = float(under.sum())
    if total <= 0:
        return Interval(float("nan"), -np.inf, np.inf)
    value = float(over.sum()) / total
    _, own = np.unique(of, return_inverse=True)
    apart = np.bincount(own, over) - value * np.bincount(own, under)
    count = int((np.bincount(own, under) > 0).sum())
    if count < 2:
        return Interval(value, -np.inf, np.inf)
    error = float((apart**2).sum() / total**2 * count / (count - 1)) ** 0.5
    half = float(student_quantile((1 + level) / 2, count - 1)) * error
    return Interval(value, value - half, value + half)
