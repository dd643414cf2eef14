"""Whether vectors (embeddings, hashed n-grams, random features) have moved: the means of two windows, against whole days put elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Drift:
    """`distance`: squared distance of the two means in standard errors, summed over features. `usual`: its median over windows made of
    other days; `p_value`: how often those reach it; `z`: (distance − usual) in standard deviations of those."""

    distance: float
    usual: float
    p_value: float
    z: float


def mean_shift(vectors: Array, days: NDArray[np.int64], after: NDArray[np.bool_], *, draws: int = _DRAWS, seed: int = 0) -> Drift | None:
    """Compare the mean of the vectors after with that before.

    vectors: shape (n, features). days, after: shape (n,). Days are what is independent: under no change any days could have been the
    ones after. Drawn windows take as many whole days of the time before as there are after, in blocks of neighbours. None with fewer
    than three days on the side before. Sources: linear-time MMD, Gretton et al. (2012), JMLR 13, 723-773, with the given features;
    Politis & Romano (1994) for blocks.
    """
    before_days, after_days = np.unique(days[~after]), np.unique(days[after])
    if before_days.size < 3 or after_days.size == 0:
        return None
    position = np.searchsorted(before_days, days[~after])
    sums = np.stack([np.bincount(position, column, before_days.size) for column in vectors[~after].T], axis=1)
    squares = np.stack([np.bincount(position, column**2, before_days.size) for column in vectors[~after].T], axis=1)
    counts = np.bincount(position, minlength=before_days.size).astype(float)
    own = (vectors[after].sum(axis=0), (vectors[after] ** 2).sum(axis=0), float(after.sum()))
    seen = _distance((sums.sum(axis=0), squares.sum(axis=0), counts.sum()), own)
    random = np.random.default_rng(seed)
    length = min(after_days.size, max(1, before_days.size // 3))
    drawn = []
    for start in random.integers(0, before_days.size, draws):
        inside = np.zeros(before_days.size, dtype=bool)
        inside[(start + np.arange(length)) % before_days.size] = True
        some = (sums[inside].sum(axis=0), squares[inside].sum(axis=0), counts[inside].sum())
        rest = (sums[~inside].sum(axis=0), squares[~inside].sum(axis=0), counts[~inside].sum())
        drawn.append(_distance(rest, some))
    null = np.array(drawn)
    spread = max(float(null.std()), np.sqrt(2.0 * vectors.shape[1]))
    return Drift(seen, float(np.median(null)), (1 + int((null >= seen).sum())) / (draws + 1), (seen - float(np.median(null))) / spread)


def _distance(first: tuple[Array, Array, float], second: tuple[Array, Array, float]) -> float:
    means = [total / count for total, _, count in (first, second)]
    variances = [np.maximum(squares / count - (total / count) ** 2, 1e-12) / count for total, squares, count in (first, second)]
    return float(((means[0] - means[1]) ** 2 / (variances[0] + variances[1])).sum())
