"""From values to departures: how far each unit lies from what its kind leads one to expect, on a scale on which chance is even."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sightline.insight.asking import Asked
from sightline.stats.additive import Design
from sightline.stats.contrast import Units

Array = NDArray[np.float64]

_SEQUENTIAL = 0.4  # of the units on one side in values that the other side does not have: such a dimension is a clock
_SKEWED = 1.0
_SPREAD_OF_LOG = 0.3
_RARE = 0.003
_UNKNOWN = 0.002  # variance of true cell means before that the expectation misses, as a share of a unit's variance


@dataclass(frozen=True, slots=True)
class Scale:
    """One way to look at the values. `name`: share, mean, log, or exceedance of the quantile that a unit's kind leads one to expect.
    `expected`: shape (n,), on that scale, what the additive model of the time before leads to. `seen`: the values on that scale."""

    name: str
    units: Units
    expected: Array
    seen: Array
    spread: float


def clocks(asked: Asked) -> list[int]:
    """Dimensions whose values follow each other in time (releases, dates): they tell before from after, not one unit from another."""
    found = []
    for d, (before, after) in enumerate(zip(asked.before_of, asked.after_of, strict=True)):
        fresh = after[before < 0.02 * after].sum() / max(after.sum(), 1)
        gone = before[after < 0.02 * before * after.sum() / max(before.sum(), 1)].sum() / max(before.sum(), 1)
        if fresh > _SEQUENTIAL or gone > _SEQUENTIAL:
            found.append(d)
    return found


def fresh_values(asked: Asked, dimensions: list[int]) -> frozenset[tuple[int, int]]:
    """Values that came with the change and run beside others: (dimension, code)."""
    found = set()
    for d in dimensions:
        before, after = asked.before_of[d], asked.after_of[d]
        expected = before * after.sum() / max(before.sum(), 1)
        found |= {(d, int(code)) for code in np.flatnonzero((after >= 20) & (expected < 0.02 * after))}
    return frozenset(found)


def scales(asked: Asked, dimensions: list[int]) -> list[Scale]:
    """The ways in which a measure is looked at: one for shares and means, several where values have a long tail."""
    values, model = asked.value, _Expectation(asked, dimensions)
    if np.isin(values, (0.0, 1.0)).all():
        return [_share(asked, dimensions, model, "share", values)]
    before = values[~asked.after]
    low = float(before.min())
    if asked.kind == "quantile" or (low >= 0 and _long_tailed(before[before > 0], before.size)):
        floor = max(float(np.quantile(before[before > 0], 0.0005)), 1e-300) if (before > 0).any() else 1e-300
        logs = np.log(np.maximum(values, floor))
        plain = _mean(asked, dimensions, model, "log", logs)
        out = [plain]
        levels = {0.95, asked.level} if asked.kind == "quantile" else {0.95}
        left = logs - plain.expected
        for level in sorted(levels):
            cut = np.quantile(left[~asked.after], level)
            out.append(_share(asked, dimensions, model, f"exceedance {level:g}", (left > cut).astype(float)))
        return out
    return [_mean(asked, dimensions, model, "mean", values)]


def _long_tailed(positive: Array, count: int) -> bool:
    if positive.size < 0.99 * count or positive.size < 20:
        return False
    deviation = float(positive.std())
    skew = float(((positive - positive.mean()) ** 3).mean()) / deviation**3 if deviation > 0 else 0.0
    return skew > _SKEWED and float(np.log(positive).std()) > _SPREAD_OF_LOG


def _share(asked: Asked, dimensions: list[int], model: "_Expectation", name: str, seen: Array) -> Scale:
    expected = np.clip(model.of(seen), _RARE, 1 - _RARE)
    whole = float(np.average(expected, weights=asked.weight))
    expected = np.maximum(expected, whole / 20)
    variances = expected * (1 - expected)
    per_unit = float((asked.weight**2).sum() / asked.weight.sum())
    return _scale(asked, dimensions, name, seen, expected, variances, (1 - 2 * whole) * per_unit)


def _mean(asked: Asked, dimensions: list[int], model: "_Expectation", name: str, seen: Array) -> Scale:
    before = ~asked.after
    low, high = np.quantile(seen[before], [0.0005, 0.9995])
    reach = high - low
    seen = np.clip(seen, low - reach, high + reach)
    expected = model.of(seen)
    squares = (seen - expected) ** 2
    mean = float(np.average(squares[before], weights=asked.weight[before]))
    variances = np.maximum(model.of(squares), 0.1 * mean) if mean > 0 else np.full(seen.shape, 1e-300)
    return _scale(asked, dimensions, name, seen, expected, variances, 0.0)


def _scale(asked: Asked, dimensions: list[int], name: str, seen: Array, expected: Array, variances: Array, skew: float) -> Scale:
    units = Units(asked.codes, asked.sizes, asked.after, seen - expected, asked.weight, variances, skew, fresh_values(asked, dimensions))
    return Scale(name, units, expected, seen, _UNKNOWN * float(np.average(variances, weights=asked.weight)))


class _Expectation:
    """The additive model of the time before, by dimensions, hour of day and kind of day. A unit with a value that is new in one dimension
    is expected by a model without that dimension: what the value's forerunner did is no reason."""

    def __init__(self, asked: Asked, dimensions: list[int]) -> None:
        self._codes, sizes = asked.codes[:, dimensions].astype(np.int64), [asked.sizes[d] for d in dimensions]
        if asked.timed:
            weekend = (asked.hour // 24 + 3) % 7 >= 5
            self._codes, sizes = np.column_stack([self._codes, asked.hour % 24, weekend]), [*sizes, 24, 2]
        every = list(range(len(sizes)))
        before = ~asked.after
        self._models = [(np.ones(before.size, dtype=bool), before, every, Design(self._codes[before], sizes, asked.weight[before]))]
        for j, d in enumerate(dimensions):
            new = [code for _, code in fresh_values(asked, [d])]
            rows = np.isin(self._codes[:, j], new)
            if new and rows.any():
                others, learn = [i for i in every if i != j], before & ~rows
                design = Design(self._codes[learn][:, others], [sizes[i] for i in others], asked.weight[learn])
                self._models.append((rows, learn, others, design))

    def of(self, seen: Array) -> Array:
        """What each unit was expected at, shape (n,)."""
        expected = np.empty(seen.shape)
        for rows, learn, columns, design in self._models:
            expected[rows] = design.fit(seen[learn]).expected(self._codes[rows][:, columns])
        return expected
