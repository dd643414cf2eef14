"""How far people agree with each other, and so how far any judge can agree with them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.agreement import (
    Distance,
    agreement_ceiling,
    cohen_kappa,
    confusion,
    fleiss_interval,
    krippendorff_interval,
    tally,
)
from sightline.stats.intervals import LEVEL, Interval


@dataclass(frozen=True, slots=True)
class People:
    """`items`: rated by two or more. `raters`: that gave a rating. `alpha`: Krippendorff's, by `distance`. `fleiss`: None unless every
    item has the same number of ratings. `cohen`: mean over pairs of raters with 10 items or more in common, None without such a pair.
    `ceiling`: the most that a judge can be expected to agree with labels made of `raters_per_label` people each."""

    items: int
    raters: int
    distance: Distance
    alpha: Interval
    fleiss: Interval | None
    cohen: float | None
    raters_per_label: int
    ceiling: float


def people_agreement(
    ratings: ArrayLike, *, distance: Distance | None = None, raters_per_label: int = 1, level: float = LEVEL, seed: int = 0
) -> People:
    """Agreement of people.

    ratings: shape (items, raters), NaN where a rater did not rate. distance: of two ratings; 'nominal' for two different values,
    'interval' for more, without. raters_per_label: people behind each label that judges are compared with. Alpha and its interval are
    NaN where no item has two ratings.
    """
    given = np.asarray(ratings, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"ratings must have shape (items, raters): they have {given.shape}.")
    counts, values = tally(given) if np.isfinite(given).any() else (np.zeros((given.shape[0], 1), dtype=np.int64), np.zeros(1))
    chosen: Distance = distance or ("nominal" if values.size <= 2 else "interval")
    per_item = counts.sum(axis=1)
    rated = counts[per_item >= 2]
    alpha = krippendorff_interval(rated, values, distance=chosen, level=level, seed=seed)
    even = rated.shape[0] > 0 and bool((per_item == per_item[0]).all())
    return People(
        items=int(rated.shape[0]),
        raters=int(np.isfinite(given).any(axis=0).sum()),
        distance=chosen,
        alpha=alpha,
        fleiss=fleiss_interval(rated, level=level, seed=seed) if even else None,
        cohen=_mean_cohen(given, values.size),
        raters_per_label=raters_per_label,
        ceiling=agreement_ceiling(alpha.value, raters_per_label) if np.isfinite(alpha.value) else float("nan"),
    )


_FEWEST_IN_COMMON = 10
_MOST_RATERS = 30  # of whom pairs are compared


def _mean_cohen(given: np.ndarray[tuple[int, ...], np.dtype[np.float64]], levels: int) -> float | None:
    values = np.unique(given[np.isfinite(given)])
    found = []
    for i in range(min(given.shape[1], _MOST_RATERS)):
        for j in range(i):
            both = np.isfinite(given[:, i]) & np.isfinite(given[:, j])
            if both.sum() >= _FEWEST_IN_COMMON:
                first, second = (np.searchsorted(values, given[both, k]) for k in (i, j))
                found.append(float(cohen_kappa(confusion(first, second, levels=levels))))
    known = [kappa for kappa in found if np.isfinite(kappa)]
    return float(np.mean(known)) if known else None
