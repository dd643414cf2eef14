"""Whether what is asked has moved, without labels: two periods' texts or embeddings compared, blocks of time being what is exchanged."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.intervals import Array

_DRAWS = 1_000
_FEATURES = 256
FEWEST_BLOCKS = 5
"""Blocks that each period needs: with four, chance alone does as well three times in a hundred whatever has happened."""


@dataclass(frozen=True, slots=True)
class Drift:
    """`distance`: between the periods, 0 the same. `expected`: what blocks exchanged at random come to on average, and `high` what they
    exceed once in twenty times. `p_value`: that time plays no role. `blocks`: of both periods. `enough`: whether either has enough."""

    distance: float
    expected: float
    high: float
    p_value: float
    blocks: int
    enough: bool


def counted_drift(first: ArrayLike, second: ArrayLike, *, draws: int = _DRAWS, seed: int = 0) -> Drift:
    """Compare the mixtures of two periods: hashed n-grams of texts, or categories.

    first, second: shape (blocks, bins), counts or sums of each block of time (hours, days), not negative. Distance: Jensen–Shannon, to
    base 2, of the two sums, the root of the divergence, 0 to 1. p-value: by exchanging whole blocks between the periods, so that what
    belongs together in time stays together. Raises ValueError where the numbers of bins differ. Sources: Lin (1991), IEEE Transactions on
    Information Theory 37, 145-151; Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(f"first and second must have one number of bins, shape (blocks, bins): they have {a.shape} and {b.shape}.")
    return _exchanged(np.vstack([a, b]), a.shape[0], _jensen_shannon, draws, seed)


def embedding_drift(vectors: ArrayLike, blocks: ArrayLike, second: ArrayLike, *, draws: int = _DRAWS, seed: int = 0) -> Drift:
    """Compare the embeddings of two periods.

    vectors: shape (n, dimensions), finite. blocks: shape (n,), whole numbers, the block of time of each. second: shape (n,), booleans,
    whether it is of the second period; a block belongs to one period only. Distance: maximum mean discrepancy with a Gaussian kernel of
    the median distance, by 256 random Fourier features, so that a block is one mean vector and time is linear. p-value as
    `counted_drift`. Raises ValueError where shapes differ. Sources: Gretton et al. (2012), JMLR 13, 723-773; Rahimi & Recht (2007),
    Random features for large-scale kernel machines, NIPS.
    """
    x, at, later = np.asarray(vectors, dtype=np.float64), np.asarray(blocks, dtype=np.int64), np.asarray(second, dtype=bool)
    if x.ndim != 2 or at.shape != (x.shape[0],) or later.shape != at.shape:
        raise ValueError(f"blocks and second have shape (n,), vectors (n, dimensions): these have {at.shape}, {later.shape}, {x.shape}.")
    if x.shape[0] < 2:
        return Drift(0.0, 0.0, 0.0, 1.0, int(x.shape[0]), False)
    random = np.random.default_rng(seed)
    some = x[random.permutation(x.shape[0])[:500]]
    squares = (some**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * some @ some.T, 0))
    width = float(np.median(apart[apart > 0])) if (apart > 0).any() else 1.0
    phases = x @ (random.standard_normal((x.shape[1], _FEATURES)) / width) + random.uniform(0, 2 * np.pi, _FEATURES)
    features = np.sqrt(2 / _FEATURES) * np.cos(phases)
    names, own = np.unique(at, return_inverse=True)
    sums = np.zeros((names.size, _FEATURES + 1))
    np.add.at(sums, own, np.column_stack([features, np.ones(x.shape[0])]))
    of_second = np.zeros(names.size, dtype=bool)
    of_second[own] = later
    order = np.argsort(of_second, kind="stable")
    return _exchanged(sums[order], int((~of_second).sum()), _mean_discrepancy, draws, seed)


def _exchanged(blocks: Array, first: int, distance: Callable[[Array, Array], float], draws: int, seed: int) -> Drift:
    count = blocks.shape[0]
    enough = min(first, count - first) >= FEWEST_BLOCKS
    if first in {0, count}:
        return Drift(0.0, 0.0, 0.0, 1.0, count, False)
    total = blocks.sum(axis=0)
    seen = distance(blocks[:first].sum(axis=0), total)
    random = np.random.default_rng(seed)
    drawn = np.array([distance(blocks[random.permutation(count)[:first]].sum(axis=0), total) for _ in range(draws)])
    p_value = float((1 + (drawn >= seen * (1 - 1e-9)).sum()) / (draws + 1))
    return Drift(float(seen), float(drawn.mean()), float(np.quantile(drawn, 0.95)), p_value, count, enough)


def _jensen_shannon(first: Array, total: Array) -> float:
    second = total - first
    if first.sum() <= 0 or second.sum() <= 0:
        return 0.0
    p, q = first / first.sum(), np.maximum(second, 0) / second.sum()
    middle = (p + q) / 2

    def divergence(of: Array) -> float:
        there = (of > 0) & (middle > 0)
        return float((of[there] * np.log2(of[there] / middle[there])).sum())

    return float(np.sqrt(max((divergence(p) + divergence(q)) / 2, 0.0)))


def _mean_discrepancy(first: Array, total: Array) -> float:
    second = total - first
    if first[-1] <= 0 or second[-1] <= 0:
        return 0.0
    return float(np.linalg.norm(first[:-1] / first[-1] - second[:-1] / second[-1]))
