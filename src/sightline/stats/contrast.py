"""Which combination of dimension values changed most against everything else: search over values and combinations to depth three."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.integer]

DEPTH = 3
Cell = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the units of a cell, by side (before, after): shape (cells, 2) each. `count` units, `mass` Σw, `total` Σw·value, `noise` Σw²·v
    with v the variance that a unit's value has when nothing changed."""

    count: Array
    mass: Array
    total: Array
    noise: Array

    def less(self, whole: "Sums") -> "Sums":
        """Everything in `whole` (one cell) that is not in each of these cells."""
        return Sums(whole.count - self.count, whole.mass - self.mass, whole.total - self.total, np.maximum(whole.noise - self.noise, 0))


@dataclass(frozen=True, slots=True)
class Contrast:
    """Difference in differences of each cell against the rest: shape (cells,). `effect` in the unit of the values; `error` its standard
    error; `score` = (effect/error)²."""

    effect: Array
    error: Array

    @property
    def z(self) -> Array:
        """effect / error, 0 where nothing is known."""
        return np.divide(self.effect, self.error, out=np.zeros(self.effect.shape), where=np.isfinite(self.error) & (self.error > 0))


def contrast(cells: Sums, whole: Sums, spread: float, skew: float = 0.0) -> Contrast:
    """(after − before) inside the cell − the same outside.

    skew: Σw·(third cumulant)/(variance) of a unit's value, with its sign: 1 − 2p of a share. A change towards the long side is more often
    chance than a normal variable says: its variance is enlarged by change·skew/3 (Bernstein's inequality). Values are departures from
    what a unit's kind leads one to expect, so a cell without a past of its own is expected at 0; one with a past is expected at its own
    mean before, shrunk towards 0 by its noise: `spread` is the variance of true means over cells before (departures of a cell that the
    expectation doesn't know).
    """
    inside, inside_var = _change(cells, spread)
    outside, outside_var = _change(cells.less(whole), spread)
    effect = inside - outside
    long_side = np.divide(np.maximum(effect * skew, 0) / 3, cells.mass[:, 1], out=np.zeros(effect.shape), where=cells.mass[:, 1] > 0)
    return Contrast(effect, np.sqrt(inside_var + outside_var + long_side))


def _change(of: Sums, spread: float) -> tuple[Array, Array]:
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(of.mass > 0, of.total / of.mass, 0.0)
        var = np.where(of.mass > 0, of.noise / of.mass**2, np.inf)
    past, past_var = mean[:, 0], var[:, 0]
    if spread > 0:
        trust = spread / (spread + past_var)
        past, past_var = past * trust, spread * (1 - trust)
    else:
        past, past_var = np.zeros(past.shape), np.zeros(past.shape)
    return mean[:, 1] - past, var[:, 1] + past_var


@dataclass(frozen=True, slots=True)
class Units:
    """What is searched. codes: shape (n, d), 0 = a value too rare to be named. sizes: values of each dimension, the unnamed included.
    after: shape (n,). values, weights, variances: shape (n,)."""

    codes: Codes
    sizes: Sequence[int]
    after: NDArray[np.bool_]
    values: Array
    weights: Array
    variances: Array
    skew: float = 0.0
    fresh: frozenset[tuple[int, int]] = frozenset()

    def chosen(self, rows: NDArray[np.bool_]) -> "Units":
        """Some of them."""
        return Units(
            self.codes[rows],
            self.sizes,
            self.after[rows],
            self.values[rows],
            self.weights[rows],
            self.variances[rows],
            self.skew,
            self.fresh,
        )

    def whole(self) -> Sums:
        """Their sums, as one cell."""
        return self.sums([()])

    def inside(self, cell: Cell) -> NDArray[np.bool_]:
        """shape (n,): which units have all the cell's values."""
        found = np.ones(self.after.size, dtype=bool)
        for dimension, code in cell:
            found &= self.codes[:, dimension] == code
        return found

    def sums(self, cells: Sequence[Cell]) -> Sums:
        """Of cells that are given."""
        out = np.zeros((4, len(cells), 2))
        for i, cell in enumerate(cells):
            rows = self.inside(cell)
            side = self.after[rows].astype(np.int64)
            w = self.weights[rows]
            for j, x in enumerate((None, w, w * self.values[rows], w**2 * self.variances[rows])):
                out[j, i] = np.bincount(side, x, 2)
        return Sums(*out)


@dataclass(frozen=True, slots=True)
class Found:
    """A cell with its contrast over the units searched. `score` = z² − the price of its depth."""

    cell: Cell
    effect: float
    error: float
    z: float
    score: float
    count: tuple[int, int]


def search(
    units: Units, *, spread: float, direction: int = 0, depth: int = DEPTH, least: int = 20, width: int = 60, price: float | None = None,
    dimensions: Sequence[int] | None = None, keep: int = 200,
) -> list[Found]:  # fmt: skip
    """Cells by score, best first.

    direction: +1 or −1 looks at rises or falls only, 0 at both. least: units that a cell needs after the change. width: how many cells of
    each depth are looked into more deeply. price: what each further dimension has to earn in z²; 2·log(cells looked at per parent)
    without. Depth 1 and 2 are searched whole among the `width` best values, depth 3 below the `width` best pairs.
    """
    dims = list(range(len(units.sizes))) if dimensions is None else list(dimensions)
    offsets = np.concatenate([[0], np.cumsum([units.sizes[d] for d in dims])]).astype(np.int64)
    flat = units.codes[:, dims].astype(np.int64) + offsets[:-1]
    side = units.after.astype(np.int64)
    w, wx, wv = units.weights, units.weights * units.values, units.weights**2 * units.variances
    whole = units.whole()
    tried = max(int(offsets[-1]) - len(dims), 2)
    cost = float(np.log(tried)) if price is None else price
    seen: set[Cell] = set()
    found: list[Found] = []
    parents: list[Cell] = [()]
    for _ in range(depth):
        fresh: list[Found] = []
        for parent in parents:
            rows = np.arange(side.size) if not parent else np.flatnonzero(units.inside(parent))
            used = {d for d, _ in parent}
            columns = [j for j, d in enumerate(dims) if d not in used]
            if not columns or rows.size < least:
                continue
            fresh += _below(
                parent,
                dims,
                columns,
                offsets,
                flat[rows],
                side[rows],
                w[rows],
                wx[rows],
                wv[rows],
                whole,
                spread,
                units.skew,
                least,
                units.fresh,
                cost,
                seen,
            )
        if direction:
            fresh = [f for f in fresh if f.z * direction > 0]
        fresh.sort(key=lambda f: -f.score)
        found += fresh[:keep]
        parents = [f.cell for f in fresh[:width]]
    found.sort(key=lambda f: -f.score)
    return found[:keep]


def _below(
    parent: Cell, dims: list[int], columns: list[int], offsets: NDArray[np.int64], flat: Codes, side: NDArray[np.int64], w: Array,
    wx: Array, wv: Array, whole: Sums, spread: float, skew: float, least: int, fresh: frozenset[tuple[int, int]], cost: float,
    seen: set[Cell],
) -> list[Found]:  # fmt: skip
    size = int(offsets[-1]) * 2
    keys = (flat[:, columns] * 2 + side[:, None]).ravel()
    many = len(columns)
    sums = Sums(
        *(np.bincount(keys, None if x is None else np.repeat(x, many), size).astype(np.float64).reshape(-1, 2) for x in (None, w, wx, wv))
    )
    good = sums.count[:, 1] >= least
    good[offsets[:-1]] = False  # what is too rare to be named
    of = contrast(sums, whole, spread, skew)
    z = of.z
    out = []
    for at in np.flatnonzero(good):
        j = int(np.searchsorted(offsets, at, side="right")) - 1
        cell: Cell = tuple(sorted((*parent, (dims[j], int(at - offsets[j])))))
        if cell in seen:
            continue
        seen.add(cell)
        out.append(
            Found(
                cell, float(of.effect[at]), float(of.error[at]), float(z[at]),
                float(z[at] ** 2) - cost * (len(cell) - 1 - (not fresh.isdisjoint(cell))),
                (int(sums.count[at, 0]), int(sums.count[at, 1])),
            )
        )  # fmt: skip
    return out


def rescore(units: Units, cells: Sequence[Cell], *, spread: float, price: float) -> list[Found]:
    """Given cells over given units, best first. price: as in `search`."""
    if not cells:
        return []
    sums = units.sums(cells)
    of = contrast(sums, units.whole(), spread, units.skew)
    z = of.z
    out = [
        Found(
            cell, float(of.effect[i]), float(of.error[i]), float(z[i]),
            float(z[i] ** 2) - price * (len(cell) - 1 - (not units.fresh.isdisjoint(cell))), (int(sums.count[i, 0]), int(sums.count[i, 1])),
        )
        for i, cell in enumerate(cells)
    ]  # fmt: skip
    return sorted(out, key=lambda f: -f.score)


ALIKE = 0.35  # of the effect: how far what changed alike may differ, as base rates do
STILL = 0.15  # of the effect: how far what did not change may have moved


def widened(units: Units, found: Found, *, spread: float, price: float) -> Cell:
    """The shortest description that the cell's effect holds for: a dimension is dropped while what that adds changed as the cell did.

    What a parent has beyond the cell is compared with two claims: it did not change, give or take STILL of the cell's effect, or it
    changed as the cell did, give or take ALIKE. The likelier claim holds; the shorter description is owed half of `price`.
    """
    cell, effect = found.cell, found.effect
    while len(cell) > 1:
        best, gain = None, 0.0
        for i in range(len(cell)):
            parent = cell[:i] + cell[i + 1 :]
            own = units.sums([cell])
            around = units.sums([parent])
            beyond = own.less(around)
            if beyond.count[0, 1] < 1:
                owed = price / 2
            else:
                whole = units.whole()
                outside = around.less(whole)
                inside_change, inside_var = _change(beyond, spread)
                outside_change, outside_var = _change(outside, spread)
                change, noise = float(inside_change[0] - outside_change[0]), float(inside_var[0] + outside_var[0])
                still, alike = (max(noise + (share * effect) ** 2, 1e-300) for share in (STILL, ALIKE))
                owed = 0.5 * (change**2 / still - (change - effect) ** 2 / alike + np.log(still / alike)) + price / 2
                if change * effect < 0 and change**2 > price * noise:
                    continue  # it moved the other way
            if owed > gain:
                best, gain = parent, owed
        if best is None:
            return cell
        cell = best
    return cell
