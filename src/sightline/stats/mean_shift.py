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


@dataclass(frozen=True, slots=True)
class DayVectors:
    """Vectors added up by day. counts, after: shape (days,). sums, squares: shape (days, features). A day that the change cuts in two
    stands here twice."""

    counts: Array
    sums: Array
    squares: Array
    after: NDArray[np.bool_]


def mean_shift(days: DayVectors, *, draws: int = _DRAWS, seed: int = 0) -> Drift | None:
    """Compare the mean of the vectors after with that before.

    Days are what is independent: under no change any days could have been the ones after. Drawn windows take as many neighbouring days
    of the time before as there are after (a third of them at the most). None with fewer than three days on the side before. Sources:
    linear-time MMD, Gretton et al. (2012), JMLR 13, 723-773, with the given features; Politis & Romano (1994) for blocks.
    """
    before = ~days.after
    many = int(before.sum())
    if many < 3 or not days.after.any():
        return None

    def over(rows: NDArray[np.bool_]) -> tuple[Array, Array, float]:
        return days.sums[rows].sum(axis=0), days.squares[rows].sum(axis=0), float(days.counts[rows].sum())

    seen = _distance(over(before), over(days.after))
    length = min(int(days.after.sum()), max(1, many // 3))
    at = np.flatnonzero(before)
    drawn = []
    for start in np.random.default_rng(seed).integers(0, many, draws):
        inside = np.zeros(days.after.size, dtype=bool)
        inside[at[(start + np.arange(length)) % many]] = True
        drawn.append(_distance(over(before & ~inside), over(inside)))
    null = np.array(drawn)
    usual = float(np.median(null))
    spread = max(float(null.std()), float(np.sqrt(2.0 * days.sums.shape[1])))
    return Drift(seen, usual, (1 + int((null >= seen).sum())) / (draws + 1), (seen - usual) / spread)


def _distance(first: tuple[Array, Array, float], second: tuple[Array, Array, float]) -> float:
    means = [total / count for total, _, count in (first, second)]
    variances = [np.maximum(squares / count - (total / count) ** 2, 1e-12) / count for total, squares, count in (first, second)]
    return float(((means[0] - means[1]) ** 2 / (variances[0] + variances[1])).sum())
