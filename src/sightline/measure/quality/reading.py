"""Rows of the engine as the arrays that `stats` takes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sightline.measure.quality.asking import Json, Scored
from sightline.query import Row
from sightline.stats.intervals import Array, Interval
from sightline.stats.summed import JudgedSums, Labels

_SUMS = ("units", "weight", "squared", "scored", "scored_squared")

MOST_LABELS = 20_000
"""Ratings that a question reads: the latest."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The strata of a judge: its versions, of rates with both verdicts each."""

    names: Sequence[str]
    rates: bool

    @classmethod
    def of(cls, scored: Scored, *rows: Sequence[Row]) -> "Versions":
        """All versions that occur."""
        return cls(sorted({row["version"] for part in rows for row in part}), scored.rates)

    @property
    def count(self) -> int:
        """How many strata there are."""
        return max(len(self.names), 1) * (2 if self.rates else 1)

    def stratum(self, version: str, passed: bool) -> int:
        """The number of a version's verdict."""
        at = self.names.index(version)
        return 2 * at + int(passed) if self.rates else at


def sums_of(rows: Sequence[Row], versions: Versions, place: Mapping[Any, int], key: str) -> JudgedSums:
    """Sums of shape (places, strata); `place` says where rows of one `key` belong, others are left out."""
    table = np.zeros((len(_SUMS), max(len(place), 1), versions.count))
    for row in rows:
        at = place.get(row[key])
        if at is not None:
            table[:, at, versions.stratum(row["version"], bool(row["verdict"]))] += [row[name] for name in _SUMS]
    return JudgedSums(*table)


def labels_of(rows: Sequence[Row], versions: Versions, place: Mapping[Any, int], key: str) -> Labels:
    """The ratings whose probability is known; those of no place have segment −1."""
    used = known(rows)
    judge = _column(used, "judge")
    return Labels(
        judge=judge,
        human=_column(used, "human"),
        weights=np.array([row["weight"] / row["probability"] / row["raters"] for row in used], dtype=np.float64),
        strata=np.array([versions.stratum(row["version"], row["judge"] >= 0.5) for row in used], dtype=np.int64),
        clusters=_numbered([row["cluster"] for row in used]),
        segments=np.array([place.get(row[key], -1) for row in used], dtype=np.int64),
    )


def known(rows: Sequence[Row]) -> list[Row]:
    """The ratings of units of which it is known how likely they were to be chosen: the others correct nothing."""
    return [row for row in rows if row["probability"] > 0]


def ratings_of(rows: Sequence[Row]) -> Array | None:
    """Who said what, shape (units, raters), NaN where nothing; None where no unit has two ratings."""
    units, raters = _numbered([row["unit"] for row in rows]), _numbered([row["rater"] for row in rows])
    if not rows or int(np.bincount(units).max()) < 2:
        return None
    table = np.full((int(units.max()) + 1, int(raters.max()) + 1), np.nan)
    table[units, raters] = _column(rows, "human")
    return table


def interval(of: Interval | None) -> Json:
    """An interval as answers give it; None where there is none, an end without bound null."""
    if of is None:
        return None
    return {name: _finite(getattr(of, name)) for name in ("value", "low", "high")}


def finite(value: float) -> float | None:
    """A number as answers give it."""
    return _finite(value)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _column(rows: Sequence[Row], name: str) -> Array:
    return np.array([row[name] for row in rows], dtype=np.float64)


def _numbered(keys: Sequence[Hashable]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
