"""A judge against people, all in one: the function behind `sightline calibrate`, for tables small enough to hold.

`docs/calibration.md` says what each number means; the pieces are public in the modules beside this one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.stats.agreement import cohen_kappa, confusion, kappa_interval
from sightline.stats.bias import Bias, rate_bias, score_bias
from sightline.stats.fitness import Fitness, beside_people, fit_for_use
from sightline.stats.intervals import LEVEL, Array, Interval, effective_size, share
from sightline.stats.labelling import labels_to_narrow, solve_labels
from sightline.stats.levels import MOST_DISTINCT, verdict_levels
from sightline.stats.means import Mean, corrected_mean, correlation, inverse_mean, labels_only_mean, segment_means
from sightline.stats.people import People, people_agreement
from sightline.stats.rates import RoganGladen, Strata, corrected_rate, design_effect, labels_only_rate, rogan_gladen, strata
from sightline.stats.shift import OLD_AFTER_DAYS, Shift, labels_too_old, shift

Kind = Literal["binary", "score"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`counts`: shape (levels, levels), [i, j] = the judge said levels[i] and a person levels[j]. Empty where scores are too many to count.
    `sensitivity`, `specificity`: of a binary judge, what it passes of what people passed, and fails of what they failed.
    `measure`: what `agreement` is: 'kappa', 'weighted kappa' (quadratic) or 'correlation'."""

    levels: tuple[float, ...]
    counts: tuple[tuple[float, ...], ...]
    measure: str
    agreement: Interval
    sensitivity: Interval | None = None
    specificity: Interval | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of what was judged. `raw`: what the judge alone says. `human`: what the labels alone say. Rates, or people's scale."""

    name: str
    judged: int
    labelled: int
    raw: float
    corrected: Interval
    human: Interval
    bias: Bias | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """All that can be said of a judge. Rates lie in 0 … 1; scores are on people's scale.

    `raw`: the judge's own rate or mean; NaN where it isn't on people's scale. `corrected`: the headline. `labels_only`: without the
    judge. `rogan_gladen`, for scores `inverse_mean`: beside it, None where they say nothing. `labels_to_halve`: labels in all that
    would halve the interval, None where labels can't. `warnings`: sentences for a person; `shown`: the interval to show, which is the
    union with Rogan & Gladen's where traffic has moved.
    """

    kind: Kind
    judged: int
    labelled: int
    raw: float
    corrected: Interval
    shown: Interval
    labels_only: Interval
    rogan_gladen: RoganGladen | None
    inverse_mean: Interval | None
    against_people: Agreement
    fitness: Fitness
    labels_to_halve: int | None
    shift: Shift | None
    warnings: tuple[str, ...]
    segments: tuple[Segment, ...] = ()
    people: People | None = None

    @property
    def plain_kappa(self) -> float:
        """Cohen's kappa without weights of the counted verdicts; NaN where there are none."""
        return float(cohen_kappa(np.array(self.against_people.counts))) if self.against_people.counts else float("nan")


def calibrate(
    judge: ArrayLike, human: ArrayLike, *, segments: Sequence[str] | None = None, weights: ArrayLike | None = None,
    label_weights: ArrayLike | None = None, clusters: ArrayLike | None = None, counted: ArrayLike | None = None,
    ratings: ArrayLike | None = None, raters_per_label: int = 1, ages_days: ArrayLike | None = None,
    old_after_days: float = OLD_AFTER_DAYS, population: float | None = None, level: float = LEVEL, seed: int = 0,
) -> Calibration:  # fmt: skip
    """Calibrate a judge against people.

    judge: shape (n,), its verdicts or scores, finite. human: shape (n,), people's, NaN where nobody looked. Binary where people's are
    all 0 or 1 (1 = passed), then the judge's may be 0 or 1 or scores; else scores. segments: n names. weights: shape (n,), 1/p of being
    judged. label_weights: shape (n,), 1/p of a judged unit being labelled. clusters: shape (n,), whole numbers; units of one number are
    not independent: labels then count for less (bias by segment takes no notice). counted: shape (n,), whether a unit belongs to what
    the answer is about; all without. Labels of other weeks teach and are not counted. ratings: shape (n, raters), what each person
    said, NaN where nothing: how far people agree, and the ceiling of any judge against labels made of raters_per_label people each.
    ages_days: shape (n,), how old each unit is; labels are old when the newest is more than old_after_days older than the newest
    counted unit. population: units that the answer is about, Σ weights without, infinity for the process behind them. Raises ValueError
    where shapes differ, a verdict isn't finite or there is no row.
    """
    f, y = np.asarray(judge, dtype=np.float64), np.asarray(human, dtype=np.float64)
    if f.shape != y.shape or f.ndim != 1 or f.size == 0 or not np.isfinite(f).all():
        raise ValueError(f"judge and human must have one shape (n,), n ≥ 1, the judge's all finite: they have {f.shape} and {y.shape}.")
    rows = _Rows(
        f, y,
        np.ones(f.size) if weights is None else np.asarray(weights, dtype=np.float64),
        np.ones(f.size) if label_weights is None else np.asarray(label_weights, dtype=np.float64),
        np.arange(f.size) if clusters is None else np.asarray(clusters, dtype=np.int64),
        np.ones(f.size, dtype=bool) if counted is None else np.asarray(counted, dtype=bool),
        population,
    )  # fmt: skip
    if not rows.counted.any():
        raise ValueError("counted selects no unit: there is nothing that the answer could be about.")
    names, at = ((), None) if segments is None else _named(segments)
    of = _binary if np.isin(y[rows.here], (0, 1)).all() else _scores
    found = of(rows, names, at, level, seed)
    old = None if ages_days is None else labels_too_old(ages_days, rows.here, rows.counted, old_after_days=old_after_days)
    if old is not None:
        found = replace(found, warnings=(*found.warnings, old))
    if ratings is None:
        return found
    people = people_agreement(ratings, raters_per_label=raters_per_label, level=level, seed=seed)
    return replace(found, people=people, fitness=beside_people(found.fitness, found.against_people.agreement, people))


@dataclass(frozen=True, slots=True)
class _Rows:
    judge: Array
    human: Array
    weights: Array
    label_weights: Array
    clusters: NDArray[np.int64]
    counted: NDArray[np.bool_]
    population: float | None

    @property
    def here(self) -> NDArray[np.bool_]:
        return np.isfinite(self.human)

    def of(self, chosen: NDArray[np.bool_]) -> "_Rows":
        about = float(self.weights[self.counted].sum())
        part = float(self.weights[chosen & self.counted].sum()) / about if about > 0 else 0.0
        return _Rows(
            self.judge[chosen], self.human[chosen], self.weights[chosen], self.label_weights[chosen], self.clusters[chosen],
            self.counted[chosen], None if self.population is None else self.population * part,
        )  # fmt: skip

    def raw(self) -> float:
        w = self.weights[self.counted]
        return float(w @ self.judge[self.counted] / w.sum()) if w.size else float("nan")

    def judged(self) -> int:
        return int(self.counted.sum())


def _binary(rows: _Rows, names: Sequence[str], at: NDArray[np.int64] | None, level: float, seed: int) -> Calibration:
    f, y, here = rows.judge, rows.human, rows.here
    plain = bool(np.isin(f, (0, 1)).all())
    levels, count = (f.astype(np.int64), 2) if plain else verdict_levels(f, here)
    of = _strata(rows, levels, count)
    corrected = corrected_rate(of, level=level, seed=seed).only()
    alone = _labels_only_rate(rows, level)
    table = _table(rows, levels if plain else None)
    against = _binary_agreement(rows, table, level, seed)
    other = None
    if table is not None:
        other = rogan_gladen(
            rows.raw() * float(of.judged), float(of.judged), table[1, 1], table[:, 1].sum(), table[0, 0], table[:, 0].sum(), level=level
        )
    fitness = fit_for_use(
        against.agreement, width_ratio=_width_ratio(of, rows, level, seed), labels=int(here.sum()), measure=against.measure
    )
    moved = _shift(levels, rows, at, len(names), seed)
    segments = (
        tuple(_binary_segment(rows, levels, count, plain, names, at, i, level, seed) for i in range(len(names))) if at is not None else ()
    )
    if at is not None and plain:
        found = rate_bias(f[here], y[here], at[here], count=len(names), level=level)
        segments = tuple(_with_bias(segment, bias) for segment, bias in zip(segments, found, strict=True))
    return Calibration(
        "binary", rows.judged(), int(here.sum()), rows.raw() if plain else float("nan"), corrected,
        _shown(corrected, other.rate if other else None, moved), alone, other, None, against, fitness,
        _labels_to_halve(of, int(here.sum())), moved,
        _warnings(moved, int(here.sum()), corrected, other.rate if other else None, at is not None), segments,
    )  # fmt: skip


def _scores(rows: _Rows, names: Sequence[str], at: NDArray[np.int64] | None, level: float, seed: int) -> Calibration:
    f, y, here = rows.judge, rows.human, rows.here
    bounds = (float(y[here].min()), float(y[here].max()))
    one_scale = _on_scale(f, *bounds)
    found = _mean(rows, _scale(rows, one_scale), level, seed)
    corrected, alone = found.mean, labels_only_mean(
        y[here], weights=(rows.weights * rows.label_weights)[here], clusters=rows.clusters[here], bounds=_scale(rows, one_scale),
        level=level,
    )  # fmt: skip
    against = _score_agreement(rows, one_scale, level, seed)
    fitness = fit_for_use(against.agreement, width_ratio=found.width_ratio, labels=int(here.sum()), measure=against.measure)
    levels, _ = verdict_levels(f, here)
    moved = _shift(levels, rows, at, len(names), seed)
    other = inverse_mean(y, f, weights=rows.weights, label_weights=rows.label_weights, counted=rows.counted, level=level)
    labels = int(here.sum())
    return Calibration(
        "score", rows.judged(), labels, rows.raw() if one_scale else float("nan"), corrected, _shown(corrected, other, moved), alone, None,
        other, against, fitness,
        solve_labels(found.width_ratio**2 * float(y[here].var()), 0.0, labels, 0.5), moved,
        _warnings(moved, labels, corrected, other, at is not None),
        () if at is None else _score_segments(rows, names, at, one_scale, level),
    )  # fmt: skip


def _labels_to_halve(of: Strata, labels: int) -> int | None:
    """In labels as they come, of which clustered or weighted ones are worth less."""
    needed = labels_to_narrow(of)
    return None if needed is None else math.ceil(needed * labels / float(of.labelled.sum()) - 1e-6)


def _on_scale(judge: Array, low: float, high: float) -> bool:
    """Whether scores are on people's scale: 19 in 20 lie on it, and they use half of it. A few that leave it are its errors."""
    inside = judge[(judge >= low) & (judge <= high)]
    return bool(inside.size >= 0.95 * judge.size and high > low and np.ptp(inside) >= (high - low) / 2)


def _width_ratio(of: Strata, rows: _Rows, level: float, seed: int) -> float:
    """What the judge makes of the labels' interval where many more are judged than labelled: a property of the judge, not of how much
    it judged."""
    many = np.asarray(1e12)
    whole = Strata(of.passed, of.labelled, of.shares, many, many)
    return corrected_rate(whole, level=level, seed=seed).only().width / _labels_only_rate(rows, level).width


def _scale(rows: _Rows, one_scale: bool) -> tuple[float, float] | None:
    """The scale as far as people and a judge on it have used it; None where the judge isn't on it, for then it isn't known."""
    used = np.concatenate([rows.human[rows.here], rows.judge])
    return (float(used.min()), float(used.max())) if one_scale and np.ptp(used) > 0 else None


def _mean(rows: _Rows, bounds: tuple[float, float] | None, level: float, seed: int) -> Mean:
    return corrected_mean(
        rows.human, rows.judge, weights=rows.weights, label_weights=rows.label_weights, clusters=rows.clusters,
        counted=rows.counted, population=rows.population, bounds=bounds, level=level, seed=seed,
    )  # fmt: skip


def _strata(rows: _Rows, levels: NDArray[np.int64], count: int) -> Strata:
    found = strata(
        levels, rows.human, levels=count, weights=rows.weights, label_weights=rows.label_weights, counted=rows.counted,
        population=rows.population,
    )  # fmt: skip
    here = rows.here
    worth = design_effect(
        levels[here], rows.human[here], rows.clusters[here], found.shares, weights=(rows.weights * rows.label_weights)[here]
    )
    found = replace(found, passed=found.passed / worth, labelled=found.labelled / worth)
    if rows.population is None:
        return found
    about = rows.counted
    one = np.zeros(rows.judged(), dtype=np.int64)
    judged = design_effect(one, (levels[about] > 0).astype(np.float64), rows.clusters[about], [1.0], weights=rows.weights[about])
    return replace(found, judged=found.judged / judged)


def _labels_only_rate(rows: _Rows, level: float) -> Interval:
    here = rows.here
    w = (rows.weights * rows.label_weights)[here]
    one = np.zeros(w.size, dtype=np.int64)
    size = effective_size(w) / design_effect(one, rows.human[here], rows.clusters[here], [1.0], weights=w)
    rate = float(w @ rows.human[here] / w.sum()) if w.size else 0.0
    return labels_only_rate(rate * size, size, level=level).only()


def _table(rows: _Rows, levels: NDArray[np.int64] | None) -> Array | None:
    """Judge × people among the labelled, at its effective size; None for a judge that scores."""
    here = rows.here
    if levels is None or not here.any():
        return None
    w = (rows.weights * rows.label_weights)[here]
    right = (levels[here] == rows.human[here]).astype(np.float64)
    worth = design_effect(np.zeros(w.size, dtype=np.int64), right, rows.clusters[here], [1.0], weights=w)
    counted: Array = confusion(levels[here], rows.human[here], levels=2, weights=w) * (effective_size(w) / float(w.sum()) / worth)
    return counted


def _binary_agreement(rows: _Rows, table: Array | None, level: float, seed: int) -> Agreement:
    here = rows.here
    nothing = Interval(float("nan"), float("nan"), float("nan"))
    if table is None:
        scored = correlation(rows.judge[here], rows.human[here], clusters=rows.clusters[here], level=level) if here.any() else nothing
        return Agreement((), (), "correlation", scored)
    return Agreement(
        (0.0, 1.0), tuple(tuple(row) for row in table.tolist()), "kappa", kappa_interval(table, level=level, seed=seed),
        share(table[1, 1], table[:, 1].sum(), level=level), share(table[0, 0], table[:, 0].sum(), level=level),
    )  # fmt: skip


def _score_agreement(rows: _Rows, one_scale: bool, level: float, seed: int) -> Agreement:
    here = rows.here
    f, y = rows.judge[here], rows.human[here]
    values = np.union1d(f, y)
    if one_scale and values.size <= MOST_DISTINCT:
        w = (rows.weights * rows.label_weights)[here]
        worth = design_effect(np.zeros(w.size, dtype=np.int64), (f - y) ** 2, rows.clusters[here], [1.0], weights=w)
        size = effective_size(w) / worth
        table = confusion(np.searchsorted(values, f), np.searchsorted(values, y), levels=values.size, weights=w) * (size / float(w.sum()))
        found = kappa_interval(table, weighting="quadratic", values=values, level=level, seed=seed)
        return Agreement(tuple(values.tolist()), tuple(tuple(row) for row in table.tolist()), "weighted kappa", found)
    return Agreement((), (), "correlation", correlation(f, y, clusters=rows.clusters[here], level=level))


def _binary_segment(
    rows: _Rows, levels: NDArray[np.int64], count: int, plain: bool, names: Sequence[str], at: NDArray[np.int64], i: int, level: float,
    seed: int,
) -> Segment:  # fmt: skip
    chosen = at == i
    part = rows.of(chosen)
    corrected = corrected_rate(_strata(part, levels[chosen], count), level=level, seed=seed).only()
    raw = part.raw() if plain else float("nan")
    return Segment(names[i], part.judged(), int(part.here.sum()), raw, corrected, _labels_only_rate(part, level), None)


def _score_segments(rows: _Rows, names: Sequence[str], at: NDArray[np.int64], one_scale: bool, level: float) -> tuple[Segment, ...]:
    here = rows.here
    corrected = segment_means(
        rows.human,
        rows.judge,
        at,
        count=len(names),
        weights=rows.weights,
        label_weights=rows.label_weights,
        counted=rows.counted,
        level=level,
    )
    biases = score_bias(rows.judge[here], rows.human[here], at[here], count=len(names), level=level) if one_scale else [None] * len(names)
    bounds = _scale(rows, one_scale)
    found = []
    for i, (name, mean, bias) in enumerate(zip(names, corrected, biases, strict=True)):
        part = rows.of(at == i)
        alone = labels_only_mean(part.human[part.here], clusters=part.clusters[part.here], bounds=bounds, level=level)
        raw = part.raw() if one_scale else float("nan")
        found.append(Segment(name, part.judged(), int(part.here.sum()), raw, mean, alone, bias))
    return tuple(found)


def _with_bias(segment: Segment, bias: Bias) -> Segment:
    return Segment(segment.name, segment.judged, segment.labelled, segment.raw, segment.corrected, segment.human, bias)


def _named(segments: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    names, at = np.unique(np.asarray(segments, dtype=str), return_inverse=True)
    return names.tolist(), at.astype(np.int64)


def _shift(levels: NDArray[np.int64], rows: _Rows, at: NDArray[np.int64] | None, count: int, seed: int) -> Shift | None:
    """Labelled against counted and not labelled; None where there is no such traffic, or no label."""
    here, rest = rows.here, rows.counted & ~rows.here
    if not rest.any() or not here.any():
        return None
    cells, many = (levels, int(levels.max()) + 1) if at is None else (at, count)
    return shift(np.bincount(cells[here], minlength=many), np.bincount(cells[rest], minlength=many), seed=seed)


def _shown(corrected: Interval, other: Interval | None, moved: Shift | None) -> Interval:
    if moved is None or not moved.moved or other is None:
        return corrected
    return Interval(corrected.value, min(corrected.low, other.low), max(corrected.high, other.high))


def _warnings(moved: Shift | None, labels: int, corrected: Interval, other: Interval | None, by_segment: bool) -> tuple[str, ...]:
    found = []
    if labels == 0:
        found.append("Nobody has labelled anything: nothing can be corrected.")
    if moved is not None and moved.moved:
        what = "segments" if by_segment else "verdicts"
        bare = f" {moved.uncovered:.0%} of it lies in segments without any label." if by_segment and moved.uncovered > 0 else ""
        found.append(
            f"Traffic has moved away from the labelled sample: its {what} differ"
            f" (p = {moved.p_value:.2g}, {moved.distance:.0%} apart).{bare}"
            " Label some of what came since."
        )
    if other is not None and (other.low > corrected.high or other.high < corrected.low):
        found.append(
            f"Two corrections disagree: {corrected.low:.3f} to {corrected.high:.3f} if what a verdict means carries over to this traffic,"
            f" {other.low:.3f} to {other.high:.3f} if how the judge errs does. Label some of it."
        )
    return tuple(found)
