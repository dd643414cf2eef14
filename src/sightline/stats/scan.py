"""Cells already aggregated: which combination's events changed by one factor in all leaves inside it and in none outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sightline.stats.contrast import ALIKE, STILL, Cell, Codes

Array = NDArray[np.float64]

DEPTH = 3


@dataclass(frozen=True, slots=True)
class Leaves:
    """codes: shape (n, d), 0 = without a name. observed: events after, shape (n,). expected: what the leaf's own past and kind lead one to
    expect of as many trials, shape (n,)."""

    codes: Codes
    sizes: Sequence[int]
    observed: Array
    expected: Array

    def inside(self, cell: Cell) -> NDArray[np.bool_]:
        """shape (n,): the leaves that have all the cell's values."""
        found = np.ones(self.observed.size, dtype=bool)
        for dimension, code in cell:
            found &= self.codes[:, dimension] == code
        return found

    def of(self, cell: Cell) -> tuple[float, float]:
        """Events observed and expected inside."""
        rows = self.inside(cell)
        return float(self.observed[rows].sum()), float(self.expected[rows].sum())


@dataclass(frozen=True, slots=True)
class Scanned:
    """A cell, its events and those expected, `z` = the signed root of its deviance, `score` = deviance − the price of its depth."""

    cell: Cell
    observed: float
    expected: float
    z: float
    score: float


def scan(leaves: Leaves, *, direction: int = 0, depth: int = DEPTH, price: float | None = None, keep: int = 200) -> list[Scanned]:
    """All combinations to `depth`, best first.

    What is compared is the residual deviance of the leaves under 'factor a inside the cell, b outside' against one factor for all; as
    the leaves' own terms cancel it comes from the two sums. price: deviance that each further dimension has to earn, log of the number of
    values without. Sources: Kulldorff (1997), A spatial scan statistic; the claim of one factor: Squeeze (ISSRE 2019), RobustSpot (2022).
    """
    total, whole = float(leaves.observed.sum()), float(leaves.expected.sum())
    cost = float(np.log(max(sum(leaves.sizes) - len(leaves.sizes), 2))) if price is None else price
    found: list[Scanned] = []
    for level in range(1, min(depth, len(leaves.sizes)) + 1):
        for dims in combinations(range(len(leaves.sizes)), level):
            shape = [leaves.sizes[d] for d in dims]
            keys = np.ravel_multi_index([leaves.codes[:, d].astype(np.int64) for d in dims], shape)
            here, at = np.unique(keys, return_inverse=True)
            observed, expected = np.bincount(at, leaves.observed), np.bincount(at, leaves.expected)
            codes = np.array(np.unravel_index(here, shape)).T
            with np.errstate(divide="ignore", invalid="ignore"):
                rest, rest_expected = np.maximum(total - observed, 0), np.maximum(whole - expected, 1e-9 * whole)
                inside = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
                outside = np.where(rest > 0, rest * np.log(rest / rest_expected), 0.0)
                deviance = 2 * (inside + outside - total * np.log(total / whole)) if total > 0 else 2 * whole * np.zeros(here.size)
            sign = np.sign(observed * rest_expected - rest * expected)
            for i in np.flatnonzero((expected > 0) & (codes > 0).all(axis=1) & (sign * direction >= 0) & (deviance > 0)):
                cell = tuple(zip(dims, codes[i].tolist(), strict=True))
                z = float(sign[i] * np.sqrt(deviance[i]))
                found.append(Scanned(cell, float(observed[i]), float(expected[i]), z, float(deviance[i]) - cost * (level - 1)))
        found = sorted(found, key=lambda one: -one.score)[: keep * 4]
    return found[:keep]


def widened_scan(leaves: Leaves, cell: Cell, *, price: float) -> Cell:
    """The shortest description that the cell's factor holds for: see `contrast.widened`, here of log factors."""
    total, whole = float(leaves.observed.sum()), float(leaves.expected.sum())
    while len(cell) > 1:
        best, gain = None, 0.0
        own, own_expected = leaves.of(cell)
        for i in range(len(cell)):
            parent = cell[:i] + cell[i + 1 :]
            around, around_expected = leaves.of(parent)
            rest = _log_factor(total - around, whole - around_expected)
            effect = _log_factor(own, own_expected) - rest
            beyond, beyond_expected = around - own, around_expected - own_expected
            if beyond_expected <= 1e-9 * whole:
                owed = price / 2
            else:
                change, noise = _log_factor(beyond, beyond_expected) - rest, 1 / (beyond + 0.5)
                still, alike = noise + (STILL * effect) ** 2, noise + (ALIKE * effect) ** 2
                owed = 0.5 * (change**2 / still - (change - effect) ** 2 / alike + np.log(still / alike)) + price / 2
                if change * effect < 0 and change**2 > price * noise:
                    continue  # it moved the other way
            if owed > gain:
                best, gain = parent, owed
        if best is None:
            return cell
        cell = best
    return cell


def _log_factor(observed: float, expected: float) -> float:
    return float(np.log((max(observed, 0) + 0.5) / (max(expected, 0) + 0.5)))
