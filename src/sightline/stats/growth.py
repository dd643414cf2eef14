"""Whose share of the traffic grew: one factor inside a cell, another outside, against none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.stats.contrast import Cell, Codes

Array = NDArray[np.float64]

_MEDIAN_OF_CHI2 = 0.4549  # with one degree of freedom


@dataclass(frozen=True, slots=True)
class Growth:
    """A cell's share of the units before and after. `z`: signed root of the likelihood ratio, divided by what quiet cells show."""

    cell: Cell
    before: float
    after: float
    z: float


def growth(
    codes: Codes, sizes: Sequence[int], after: NDArray[np.bool_], dimensions: Sequence[int], *, least: int = 20, width: int = 20
) -> list[Growth]:
    """Values and pairs of values by |z|, largest first.

    codes: shape (n, d), 0 = without a name. Test: twice the log likelihood ratio of Poisson counts with a factor inside the cell and one
    outside against one factor for all (Kulldorff 1997, A spatial scan statistic). Traffic comes in bursts, so all are divided by the
    median over single values relative to that of χ² with one degree, at least 1. Pairs are looked at below the `width` largest values.
    """
    side = after.astype(np.int64)
    total = np.bincount(side, minlength=2).astype(float)
    single: list[tuple[Cell, Array, float]] = []
    for d in dimensions:
        counts = np.bincount(codes[:, d].astype(np.int64) * 2 + side, minlength=sizes[d] * 2).reshape(-1, 2).astype(np.float64)
        single += [(((d, code),), counts[code], 0.0) for code in range(1, sizes[d]) if counts[code].sum() >= least]
    if not single:
        return []
    ratios = _ratio(np.array([counts for _, counts, _ in single]), total)
    scale = max(1.0, float(np.median(np.abs(ratios))) / _MEDIAN_OF_CHI2)
    ranked = sorted(zip(single, ratios.tolist(), strict=True), key=lambda one: -abs(one[1]))
    found = [(cell, counts, ratio) for (cell, counts, _), ratio in ranked]
    for cell, _, _ in found[:width]:
        ((own, code),) = cell
        rows = codes[:, own] == code
        for d in dimensions:
            if d == own:
                continue
            counts = np.bincount(codes[rows, d].astype(np.int64) * 2 + side[rows], minlength=sizes[d] * 2).reshape(-1, 2).astype(float)
            good = [c for c in range(1, sizes[d]) if counts[c].sum() >= least]
            if good:
                below = _ratio(counts[good], total)
                found += [(tuple(sorted((*cell, (d, c)))), counts[c], float(r)) for c, r in zip(good, below, strict=True)]
    unique = {cell: (counts, ratio) for cell, counts, ratio in found}
    out = [
        Growth(cell, float(counts[0] / total[0]), float(counts[1] / total[1]), float(np.sign(ratio) * np.sqrt(abs(ratio) / scale)))
        for cell, (counts, ratio) in unique.items()
    ]
    return sorted(out, key=lambda g: -abs(g.z))


def _ratio(counts: Array, total: Array) -> Array:
    """Signed likelihood ratios, shape (cells,): positive where the share grew."""
    whole = total.sum()
    expected = counts.sum(axis=1, keepdims=True) * total / whole
    rest, rest_expected = total - counts, total - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(counts > 0, counts * np.log(counts / expected), 0.0).sum(axis=1)
        outside = np.where(rest > 0, rest * np.log(rest / rest_expected), 0.0).sum(axis=1)
    return np.asarray(np.sign(counts[:, 1] - expected[:, 1]) * np.maximum(2 * (inside + outside), 0))
