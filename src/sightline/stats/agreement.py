"""How far raters agree beyond what chance would give, with intervals, and the ceiling that people's disagreement sets for any judge."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.stats.intervals import LEVEL, Array, Interval

Distance = Literal["nominal", "ordinal", "interval"]
Weighting = Literal["none", "linear", "quadratic"]

_DRAWS = 2_000
_CHUNK = 4_000_000  # numbers drawn at once: 32 MB
_ADDED = 2.0  # to all cells of a table together, before intervals: ½ for each of the four of a binary one


class UnevenRatersError(ValueError):
    """An item has another number of ratings than the first; `item` counts from 0."""

    def __init__(self, item: int, raters: int, expected: int) -> None:
        super().__init__(
            f"item {item} has {raters} ratings and item 0 has {expected}: Fleiss' kappa takes the same number for every item, two or more."
            " krippendorff_alpha takes any."
        )
        self.item = item


def confusion(first: ArrayLike, second: ArrayLike, *, levels: int, weights: ArrayLike | None = None) -> Array:
    """Count pairs of verdicts: shape (levels, levels), [i, j] = the first said i and the second j.

    first, second: shape (n,), numbers in 0 … levels−1. weights: shape (n,); 1 without.
    """
    i, j = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    w = None if weights is None else np.asarray(weights, dtype=np.float64)
    return np.bincount(i * levels + j, w, levels**2).reshape(levels, levels).astype(np.float64)


def cohen_kappa(table: ArrayLike, *, weighting: Weighting = "none", values: ArrayLike | None = None) -> Array:
    """Agreement of two raters beyond chance: Cohen's kappa, plain or weighted.

    table: shape (..., levels, levels), counts or shares of pairs of verdicts; leading axes are free. weighting: 'none' counts every
    disagreement as whole, 'linear' and 'quadratic' by the distance of the levels. values: shape (levels,), where levels lie; 0, 1, 2 …
    without. Returns shape (...), without unit: 1 whole, 0 chance; NaN where chance alone agrees (everything in one level). Sources:
    Cohen (1960), Educational and Psychological Measurement 20, 37-46; Cohen (1968), Psychological Bulletin 70, 213-220.
    """
    counts = np.asarray(table, dtype=np.float64)
    levels = counts.shape[-1]
    if counts.ndim < 2 or counts.shape[-2] != levels:
        raise ValueError(f"a table of verdicts has shape (..., levels, levels): this has {counts.shape}.")
    at = np.arange(levels, dtype=np.float64) if values is None else np.asarray(values, dtype=np.float64)
    apart = np.abs(at[:, None] - at[None, :])
    cost = {"none": (apart > 0).astype(np.float64), "linear": apart, "quadratic": apart**2}[weighting]
    total = counts.sum(axis=(-2, -1))
    seen = (counts * cost).sum(axis=(-2, -1)) * total
    chance = (counts.sum(axis=-1)[..., :, None] * counts.sum(axis=-2)[..., None, :] * cost).sum(axis=(-2, -1))
    return np.asarray(1 - np.divide(seen, chance, out=np.full(np.shape(chance), np.nan), where=chance > 0), dtype=np.float64)


def kappa_interval(
    table: ArrayLike,
    *,
    weighting: Weighting = "none",
    values: ArrayLike | None = None,
    level: float = LEVEL,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Interval:
    """Cohen's kappa with an interval that holds for small tables and empty cells.

    As `cohen_kappa`, of one table of counts (weighted ones at their effective size). Interval: quantiles of kappa over tables drawn
    from a Dirichlet distribution with 2/levels² added to each cell, ½ for a binary judge. Seeded. Source: Gelman et al. (2013),
    Bayesian Data Analysis, 3.4; where many are counted it equals the large-sample interval of Fleiss, Cohen & Everitt (1969),
    Psychological Bulletin 72, 323-327.
    """
    counts = np.asarray(table, dtype=np.float64)
    value = float(cohen_kappa(counts, weighting=weighting, values=values))
    drawn = draw_tables(counts, draws=draws, seed=seed)
    low, high = _ends(cohen_kappa(drawn, weighting=weighting, values=values), level)
    return _around(value, low, high)


def draw_tables(counts: Array, *, draws: int = _DRAWS, seed: int = 0) -> Array:
    """Tables of shares that `counts`, shape (levels, levels), may have come from: shape (draws, levels, levels), each adding up to 1."""
    random = np.random.default_rng(seed)
    gamma = random.standard_gamma(counts + _ADDED / counts.size, size=(draws, *counts.shape))
    return np.asarray(gamma / gamma.sum(axis=(-2, -1), keepdims=True), dtype=np.float64)


def tally(ratings: ArrayLike) -> tuple[NDArray[np.int64], Array]:
    """(counts, values) of ratings, shape (items, raters), NaN where a rater did not rate.

    values: shape (levels,), the different ratings in order; counts[i, j]: how many raters gave item i the rating values[j].
    """
    given = np.asarray(ratings, dtype=np.float64)
    values = np.unique(given[np.isfinite(given)])
    return np.stack([(given == value).sum(axis=1) for value in values], axis=1).astype(np.int64), values


def fleiss_kappa(counts: ArrayLike) -> float:
    """Agreement of several raters beyond what chance would give: Fleiss' kappa.

    counts: shape (items, levels); counts[i, j] raters put item i into level j, the same number for every item, two or more (else
    UnevenRatersError names the first that differs). Returns a number without unit, at most 1, 0 being chance; NaN if all fall into one
    level. Source: Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological Bulletin 76(5), 378-382,
    doi:10.1037/h0031619.
    """
    n = np.asarray(counts, dtype=np.float64)
    _same_raters(n)
    return float(_fleiss(n, np.ones((1, n.shape[0])))[0])


def fleiss_interval(counts: ArrayLike, *, level: float = LEVEL, draws: int = _DRAWS, seed: int = 0) -> Interval:
    """Fleiss' kappa with the interval of an item bootstrap: quantiles over `draws` resamples of whole items."""
    n = np.asarray(counts, dtype=np.float64)
    _same_raters(n)
    return _bootstrapped(_fleiss, n, level, draws, seed)


def krippendorff_alpha(counts: ArrayLike, values: ArrayLike | None = None, *, distance: Distance = "nominal") -> float:
    """Agreement of any number of raters, with gaps: Krippendorff's alpha.

    counts: shape (items, levels), how many raters gave item i level j (see `tally`); items with fewer than two ratings say nothing and
    are left out. values: shape (levels,), where the levels lie, for distance 'interval'; 0, 1, 2 … without. distance: 'nominal',
    'ordinal' (levels in order, by how many ratings lie between) or 'interval' (squared difference of values). Returns a number without
    unit, at most 1, 0 being chance; NaN if all ratings are equal. Source: Krippendorff (2011), Computing Krippendorff's
    alpha-reliability.
    """
    n, at = _counted(counts, values)
    return float(_alpha(n, at, distance, np.ones((1, n.shape[0])))[0])


def krippendorff_interval(
    counts: ArrayLike,
    values: ArrayLike | None = None,
    *,
    distance: Distance = "nominal",
    level: float = LEVEL,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Interval:
    """Krippendorff's alpha with the interval of an item bootstrap: quantiles over `draws` resamples of whole items."""
    n, at = _counted(counts, values)
    return _bootstrapped(lambda kinds, weights: _alpha(kinds, at, distance, weights), n, level, draws, seed)


def agreement_ceiling(reliability: float, raters: int = 1) -> float:
    """The most that any judge can be expected to agree with labels that are the mean or vote of `raters` people.

    reliability: agreement of one person with another beyond chance (Krippendorff's alpha); raters: people behind each label, 1 or more.
    What several people agree on is more reliable (Spearman & Brown): R = m·α / (1 + (m − 1)·α); a judge that knew the truth would agree
    √R with it. 0 for an alpha that is not above 0. Stands on errors of people that are independent. Source: Lord & Novick (1968),
    Statistical Theories of Mental Test Scores, 3.9 and 4.4.
    """
    if raters < 1:
        raise ValueError(f"a label has one rater or more: this has {raters}.")
    if not reliability > 0:
        return 0.0
    return float(np.sqrt(raters * reliability / (1 + (raters - 1) * reliability)))


def _counted(counts: ArrayLike, values: ArrayLike | None) -> tuple[Array, Array]:
    n = np.asarray(counts, dtype=np.float64)
    if n.ndim != 2:
        raise ValueError(f"counts must have shape (items, levels): they have {n.shape}.")
    at = np.arange(n.shape[1], dtype=np.float64) if values is None else np.asarray(values, dtype=np.float64)
    return n[n.sum(axis=1) >= 2], at


def _same_raters(n: Array) -> None:
    if n.ndim != 2 or n.shape[0] == 0:
        raise ValueError(f"counts must have shape (items, levels), one item or more: they have {n.shape}.")
    raters = n.sum(axis=1)
    uneven = np.flatnonzero(raters != raters[0])
    if uneven.size or raters[0] < 2:
        item = int(uneven[0]) if uneven.size else 0
        raise UnevenRatersError(item, int(raters[item]), int(raters[0]))


def _fleiss(n: Array, weights: Array) -> Array:
    """weights: shape (draws, items), how often each item counts."""
    raters = n[0].sum()
    agree = ((n * (n - 1)).sum(axis=1) / (raters * (raters - 1)) @ weights.T) / weights.sum(axis=1)
    shares = weights @ n / (weights.sum(axis=1) * raters)[:, None]
    chance = (shares**2).sum(axis=1)
    return np.asarray(1 - np.divide(1 - agree, 1 - chance, out=np.full(agree.shape, np.nan), where=chance < 1 - 1e-12), dtype=np.float64)


def _alpha(n: Array, values: Array, distance: Distance, weights: Array) -> Array:
    """weights: shape (draws, items), how often each item counts."""
    items, levels = n.shape
    if items == 0:
        return np.full(weights.shape[0], np.nan)
    pairs = n[:, :, None] * n[:, None, :]
    pairs[:, np.arange(levels), np.arange(levels)] -= n
    pairs /= (n.sum(axis=1) - 1)[:, None, None]
    seen = (weights @ pairs.reshape(items, -1)).reshape(-1, levels, levels)
    by_level = seen.sum(axis=-1)
    total = by_level.sum(axis=-1)
    if distance == "ordinal":
        upto = np.cumsum(by_level, axis=-1)
        middle = upto - by_level / 2
        apart = (middle[:, :, None] - middle[:, None, :]) ** 2
    elif distance == "interval":
        apart = ((values[:, None] - values[None, :]) ** 2)[None]
    else:
        apart = (1 - np.eye(levels))[None]
    disagreed = (seen * apart).sum(axis=(1, 2))
    chance = (by_level[:, :, None] * by_level[:, None, :] * apart).sum(axis=(1, 2)) / np.maximum(total - 1, 1)
    return np.asarray(1 - np.divide(disagreed, chance, out=np.full(total.shape, np.nan), where=chance > 0), dtype=np.float64)


def _bootstrapped(of: Callable[[Array, Array], Array], n: Array, level: float, draws: int, seed: int) -> Interval:
    """Items with the same counts are alike, so kinds of items are drawn, each as often as there are items of it: the same distribution,
    less work."""
    items = n.shape[0]
    if items == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    kinds, times = np.unique(n, axis=0, return_counts=True)
    random = np.random.default_rng(seed)
    step = max(1, _CHUNK // kinds.shape[0])
    drawn = [
        of(kinds, random.multinomial(items, times / items, size=min(step, draws - begin)).astype(np.float64))
        for begin in range(0, draws, step)
    ]
    low, high = _ends(np.concatenate(drawn), level)
    return _around(float(of(kinds, times[None].astype(np.float64))[0]), low, high)


def _ends(drawn: Array, level: float) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if known.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _around(value: float, low: float, high: float) -> Interval:
    return Interval(value, min(low, value), max(high, value)) if np.isfinite(value) else Interval(value, low, high)
