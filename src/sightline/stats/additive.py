"""What a unit's kind leads one to expect: an additive model of its dimension values, each value shrunk by its own noise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.integer]

ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Additive:
    """Expected value = mean + Σ effects[d][code]. `effects[d]` has shape (values of d,), 0 for values that were not seen."""

    mean: float
    effects: list[Array]

    def expected(self, codes: Codes) -> Array:
        """codes: shape (n, dimensions). Returns shape (n,)."""
        out = np.full(codes.shape[0], self.mean)
        for d, effect in enumerate(self.effects):
            out += effect[codes[:, d]]
        return out


class Design:
    """Units by their dimension values, as weighted counts of each pair of values: what every fit to them needs, added up once.

    codes: shape (n, d), whole numbers in 0 … sizes[d]−1. weights: shape (n,).
    """

    def __init__(self, codes: Codes, sizes: Sequence[int], weights: Array) -> None:
        self._codes, self._sizes, self._weights = codes.astype(np.int64), list(sizes), weights
        self._starts = np.concatenate([[0], np.cumsum(self._sizes)]).astype(np.int64)
        self._total = float(weights.sum())
        self._design = float((weights**2).sum()) / self._total if self._total > 0 else 1.0  # Kish: W weighs as W/design equal rows
        pairs = np.zeros((int(self._starts[-1]), int(self._starts[-1])))
        for i, a in enumerate(self._sizes):
            for j in range(i, len(self._sizes)):
                b = self._sizes[j]
                block = np.bincount(self._codes[:, i] * b + self._codes[:, j], weights, a * b).reshape(a, b)
                pairs[self._starts[i] : self._starts[i + 1], self._starts[j] : self._starts[j + 1]] = block
                pairs[self._starts[j] : self._starts[j + 1], self._starts[i] : self._starts[i + 1]] = block.T
        self._pairs = pairs

    def fit(self, values: Array, *, rounds: int = ROUNDS) -> Additive:
        """Random effects of every dimension at once, by backfitting on the sums.

        values: shape (n,). Each pass refits one dimension to what the others leave: a value's effect is its weighted mean × W/(W +
        σ²/τ²), σ² the variance of what is left and τ² that of the true effects by moments, so a dimension that matters little gets
        nothing and a rare value little. Source: Buja, Hastie & Tibshirani (1989), Linear smoothers and additive models, Annals of
        Statistics 17, 453-510; shrinkage: Efron & Morris (1973).
        """
        if self._total <= 0:
            return Additive(0.0, [np.zeros(size) for size in self._sizes])
        mean = float(self._weights @ values / self._total)
        left = self._weights * (values - mean)
        sums = np.concatenate([np.bincount(self._codes[:, d], left, size) for d, size in enumerate(self._sizes)])
        squares = float(left @ (values - mean))
        mass = np.diag(self._pairs)
        effects = np.zeros(mass.size)
        for _ in range(rounds):
            for d in range(len(self._sizes)):
                part = slice(int(self._starts[d]), int(self._starts[d + 1]))
                known = mass[part] > 0
                others = self._pairs[part] @ effects - mass[part] * effects[part]
                own = np.divide(sums[part] - others, mass[part], out=np.zeros(known.size), where=known)
                effects[part] = own
                variance = max(squares - 2 * float(sums @ effects) + float(effects @ self._pairs @ effects), 0.0) / self._total
                noise = variance * self._design
                spread = float(mass[part] @ own**2 / self._total) - noise * (known.sum() - 1) / self._total
                effects[part] = own * (mass[part] / (mass[part] + noise / spread)) if spread > 1e-15 else 0.0
        return Additive(mean, [effects[self._starts[d] : self._starts[d + 1]] for d in range(len(self._sizes))])
