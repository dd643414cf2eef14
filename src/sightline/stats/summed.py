"""A judge against people where the engine has summed up what the judge said: as `calibrate`, for any number of judged units.

What is judged comes as sums, what people labelled as rows: labels are few.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sightline.stats.agreement import Distance
from sightline.stats.calibration import Agreement, Calibration, Segment, calibrate
from sightline.stats.fitness import beside_people, fit_for_use
from sightline.stats.intervals import LEVEL, Array, Interval, effective_size, share
from sightline.stats.labelling import labels_to_narrow, solve_labels
from sightline.stats.means import Judged, Mean, corrected_mean, inverse_mean, labels_only_mean, segment_means
from sightline.stats.people import people_agreement
from sightline.stats.pooling import blocked_rates, pooled_rates
from sightline.stats.rates import Rates, Strata, corrected_rate, design_effect, labels_only_rate, rogan_gladen
from sightline.stats.shift import Shift

_BLOCK = 20  # labelled units of which one learns what a verdict means in a stretch of time
_MANY = np.asarray(1e12)
_UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class JudgedSums:
    """Sums over judged units, each of shape (..., strata): how many, Σw, Σw², Σwf and Σwf², w = 1/p of being judged, f what the judge
    said. Strata are verdicts 0 and 1, of one version of the judge after the other; of scores, versions alone."""

    units: Array
    weight: Array
    squared: Array
    scored: Array
    scored_squared: Array

    def total(self) -> "JudgedSums":
        """Over the first axis."""
        return JudgedSums(*(getattr(self, name).sum(axis=0) for name in self.__slots__))

    def at(self, index: int) -> "JudgedSums":
        """One of the first axis."""
        return JudgedSums(*(getattr(self, name)[index] for name in self.__slots__))

    def judged(self) -> Judged:
        """All strata as one."""
        return Judged.from_sums(*(float(part.sum()) for part in (self.weight, self.squared, self.scored, self.scored_squared)))

    def raw(self) -> float:
        """What the judge alone says: its rate, or its mean; NaN of nothing."""
        total = float(self.weight.sum())
        return float(self.scored.sum()) / total if total > 0 else float("nan")


@dataclass(frozen=True, slots=True)
class Labels:
    """What people said of judged units, a row for each rating, each of shape (n,). `weights`: 1/p of being judged and labelled, shared
    among the raters of a unit. `strata`: as in JudgedSums. `clusters`: rows of one number are not independent; ratings of one unit have
    one number. `segments`: numbers of segments, −1 for a unit that belongs to none."""

    judge: Array
    human: Array
    weights: Array
    strata: NDArray[np.int64]
    clusters: NDArray[np.int64]
    segments: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> "Labels":
        """Those rows alone."""
        return Labels(*(getattr(self, name)[chosen] for name in self.__slots__))

    @property
    def size(self) -> int:
        """Ratings."""
        return int(self.human.size)

    @property
    def units(self) -> int:
        """Clusters: the units that were labelled, or what they came in."""
        return int(np.unique(self.clusters).size)


def rate_strata(judged: JudgedSums, labels: Labels) -> Strata:
    """Strata, without leading axes, of sums of shape (strata,) and the labels that teach what a verdict means. Labels that come in
    clusters, and several ratings of a unit, count for less: `design_effect`."""
    count = judged.weight.size
    total = float(judged.weight.sum())
    shares = judged.weight / total if total > 0 else np.full(count, np.nan)
    u = labels.weights
    sums, squares = np.bincount(labels.strata, u, count), np.bincount(labels.strata, u**2, count)
    size = np.divide(sums**2, squares, out=np.zeros(count), where=squares > 0)
    rate = np.divide(np.bincount(labels.strata, u * labels.human, count), sums, out=np.zeros(count), where=sums > 0)
    if labels.size:
        at = shares if total > 0 else np.full(count, 1 / count)
        size = size / design_effect(labels.strata, labels.human, labels.clusters, at, weights=u)
    worth = total**2 / float(judged.squared.sum()) if total > 0 else 0.0
    return Strata(rate * size, size, shares, np.asarray(worth), np.asarray(total))


def segment_rates(judged: JudgedSums, labels: Labels, *, level: float = LEVEL, seed: int = 0) -> Rates:
    """Each segment's rate by its own labels: sums of shape (segments, strata), Rates of shape (segments,)."""
    return corrected_rate(_stacked(judged, labels), level=level, seed=seed)


def lending_rates(judged: JudgedSums, labels: Labels, *, level: float = LEVEL, seed: int = 0) -> Rates:
    """Each segment's rate where segments lend each other labels (`pooled_rates`): sums of shape (segments, strata). Labels of no segment
    teach too. Where there is one segment there is nothing to lend, and all labels are its own."""
    if judged.weight.shape[0] == 1:
        of = rate_strata(judged.at(0), labels)
        alone = corrected_rate(of, level=level, seed=seed)
        return Rates(alone.value[None], alone.low[None], alone.high[None])
    own = _stacked(judged, labels)
    others = rate_strata(judged.total(), labels.where(labels.segments < 0))
    whole = Strata(*(np.concatenate([getattr(own, name), getattr(others, name)[None]]) for name in Strata.__slots__))
    found = pooled_rates(whole, level=level, seed=seed)
    return Rates(found.value[:-1], found.low[:-1], found.high[:-1])


def period_rates(judged: JudgedSums, labels: Labels, starts: ArrayLike, times: ArrayLike, *, level: float = LEVEL, seed: int = 0) -> Rates:
    """The rate of each period: sums of shape (periods, strata). Labels are cut into stretches of time of 20 units and more; within one,
    what a verdict means is the same, and stretches lend each other labels (`blocked_rates`).

    starts: shape (periods,), when each began, in order. times: shape (labels,), when the labelled units began, in the same unit.
    """
    begun, when = np.asarray(starts, dtype=np.float64), np.asarray(times, dtype=np.float64)
    order = np.argsort(when, kind="stable")
    units = np.array([np.flatnonzero(labels.clusters[order] == cluster)[0] for cluster in np.unique(labels.clusters)])
    first = when[order][np.sort(units)]  # when each labelled unit began, in order
    count = max(first.size // _BLOCK, 1)
    borders = first[(np.arange(1, count) * first.size) // count]
    of_label, of_period = np.searchsorted(borders, when, side="right"), np.searchsorted(borders, begun, side="right")
    periods = [rate_strata(judged.at(i), labels.where(np.zeros(labels.size, dtype=bool))) for i in range(begun.size)]
    blocks = [
        rate_strata(_sum_of(judged, of_period == block) if (of_period == block).any() else judged.total(), labels.where(of_label == block))
        for block in range(count)
    ]
    return blocked_rates(
        Strata(*(np.stack([getattr(block, name) for block in blocks]) for name in Strata.__slots__)),
        of_period,
        np.stack([period.shares for period in periods]),
        np.array([float(period.judged) for period in periods]),
        np.array([float(period.population) for period in periods]),
        level=level,
        seed=seed,
    )


def _sum_of(judged: JudgedSums, chosen: NDArray[np.bool_]) -> JudgedSums:
    return JudgedSums(*(getattr(judged, name)[chosen].sum(axis=0) for name in JudgedSums.__slots__))


def moments(judged: JudgedSums, labels: Labels, *, bounds: tuple[float, float] | None = None, level: float = LEVEL, seed: int = 0) -> Mean:
    """People's mean of what the sums, of shape (strata,), are of: `corrected_mean`."""
    return corrected_mean(
        labels.human, labels.judge, weights=labels.weights, clusters=labels.clusters, judged=judged.judged(), bounds=bounds, level=level,
        seed=seed,
    )  # fmt: skip


def calibrate_sums(
    judged: JudgedSums, labels: Labels, names: list[str], *, rates: bool, moved: Shift | None = None, ratings: ArrayLike | None = None,
    distance: Distance | None = None, warnings: tuple[str, ...] = (), level: float = LEVEL, seed: int = 0,
) -> Calibration:  # fmt: skip
    """Calibrate a judge: as `calibrate`, from sums of shape (segments, strata), `names` the segments'.

    rates: whether people's 0 and 1 make a rate; else a mean of scores. moved: labelled against judged traffic (`shift`). ratings,
    distance: as in `people_agreement`, for the ceiling. warnings: sentences that come first. Labels of segment −1 teach the whole.
    """
    whole = judged.total()
    of = _whole_rate if rates else _whole_mean
    found = of(whole, labels, moved, level, seed)
    corrected = _segment_intervals(judged, labels, rates, level, seed)
    bias = {segment.name: segment.bias for segment in _of_labels(labels, names, level, seed).segments} if labels.size else {}
    segments = []
    for i, (name, interval) in enumerate(zip(names, corrected, strict=True)):
        own = labels.where(labels.segments == i)
        human = _alone_rate(own, level) if rates else _alone_mean(own, None, level)
        sums = judged.at(i)
        segments.append(Segment(name, int(sums.units.sum()), own.units, sums.raw(), interval, human, bias.get(name)))
    found = replace(found, segments=tuple(segments), shift=moved, warnings=(*warnings, *found.warnings))
    if ratings is None:
        return found
    people = people_agreement(ratings, distance=distance, level=level, seed=seed)
    return replace(found, people=people, fitness=beside_people(found.fitness, found.against_people.agreement, people))


def _whole_rate(whole: JudgedSums, labels: Labels, moved: Shift | None, level: float, seed: int) -> Calibration:
    of = rate_strata(whole, labels)
    corrected = corrected_rate(of, level=level, seed=seed).only()
    alone = _alone_rate(labels, level)
    if not labels.size:
        return _unlabelled(whole, corrected, alone, "binary")
    seen = _of_labels(labels, None, level, seed).against_people
    table = np.array(seen.counts) if seen.counts else None
    other = None
    if table is not None and of.judged > 0:
        other = rogan_gladen(
            whole.raw() * float(of.judged), float(of.judged), table[1, 1], table[:, 1].sum(), table[0, 0], table[:, 0].sum(), level=level
        )
    many = Strata(of.passed, of.labelled, np.nan_to_num(of.shares, nan=1 / of.shares.size), _MANY, _MANY)
    ratio = corrected_rate(many, level=level, seed=seed).only().width / alone.width
    needed = labels_to_narrow(of)
    if needed is not None:
        needed = int(np.ceil(needed * labels.units / float(of.labelled.sum()) - 1e-6))
    return Calibration(
        "binary", int(whole.units.sum()), labels.units, whole.raw(), corrected, _shown(corrected, other.rate if other else None, moved),
        alone, other, None, seen, fit_for_use(seen.agreement, width_ratio=ratio, labels=labels.units, measure=seen.measure), needed, moved,
        _disagreeing(corrected, other.rate if other else None),
    )  # fmt: skip


def _whole_mean(whole: JudgedSums, labels: Labels, moved: Shift | None, level: float, seed: int) -> Calibration:
    if not labels.size:
        return _unlabelled(whole, _UNKNOWN, _UNKNOWN, "score")
    bounds = scale(labels)
    found = moments(whole, labels, bounds=bounds, level=level, seed=seed)
    seen = _of_labels(labels, None, level, seed).against_people
    other = inverse_mean(labels.human, labels.judge, weights=labels.weights, judged=whole.judged(), level=level)
    return Calibration(
        "score", int(whole.units.sum()), labels.units, whole.raw(), found.mean, _shown(found.mean, other, moved),
        _alone_mean(labels, bounds, level), None, other, seen,
        fit_for_use(seen.agreement, width_ratio=found.width_ratio, labels=labels.units, measure=seen.measure),
        solve_labels(found.width_ratio**2 * float(labels.human.var()), 0.0, labels.units, 0.5), moved, _disagreeing(found.mean, other),
    )  # fmt: skip


def scale(labels: Labels) -> tuple[float, float] | None:
    """The scale as far as people and judge have used it; None where all said the same."""
    used = np.concatenate([labels.human, labels.judge])
    return (float(used.min()), float(used.max())) if used.size and np.ptp(used) > 0 else None


def _unlabelled(whole: JudgedSums, corrected: Interval, alone: Interval, kind: str) -> Calibration:
    nothing = Agreement((), (), "kappa" if kind == "binary" else "correlation", _UNKNOWN)
    if kind == "binary":
        nothing = replace(nothing, sensitivity=share(0, 0), specificity=share(0, 0))
    return Calibration(
        "binary" if kind == "binary" else "score", int(whole.units.sum()), 0, whole.raw(), corrected, corrected, alone, None, None, nothing,
        fit_for_use(_UNKNOWN, width_ratio=1.0, labels=0, measure=nothing.measure), None, None,
        ("Nobody has labelled anything: nothing can be corrected.",),
    )  # fmt: skip


def _of_labels(labels: Labels, names: list[str] | None, level: float, seed: int) -> Calibration:
    """What the labelled units alone say: agreement, and bias by segment."""
    rows = labels if names is None else labels.where(labels.segments >= 0)
    if not rows.size:
        rows, names = labels, None
    segments = None if names is None else [names[i] for i in rows.segments.tolist()]
    return calibrate(rows.judge, rows.human, weights=rows.weights, clusters=rows.clusters, segments=segments, level=level, seed=seed)


def _segment_intervals(judged: JudgedSums, labels: Labels, rates: bool, level: float, seed: int) -> list[Interval]:
    count = judged.weight.shape[0]
    if rates:
        found = segment_rates(judged, labels, level=level, seed=seed)
        return [Interval(float(found.value[i]), float(found.low[i]), float(found.high[i])) for i in range(count)]
    own = labels.where(labels.segments >= 0)
    everywhere = [judged.at(i).raw() for i in range(count)]
    return segment_means(own.human, own.judge, own.segments, count=count, weights=own.weights, everywhere=everywhere, level=level)


def _stacked(judged: JudgedSums, labels: Labels) -> Strata:
    rows = [rate_strata(judged.at(i), labels.where(labels.segments == i)) for i in range(judged.weight.shape[0])]
    return Strata(*(np.stack([getattr(row, name) for row in rows]) for name in Strata.__slots__))


def _alone_rate(labels: Labels, level: float) -> Interval:
    if not labels.size:
        return labels_only_rate(0, 0, level=level).only()
    one = np.zeros(labels.size, dtype=np.int64)
    worth = design_effect(one, labels.human, labels.clusters, [1.0], weights=labels.weights)
    size = effective_size(labels.weights) / worth
    rate = float(labels.weights @ labels.human / labels.weights.sum())
    return labels_only_rate(min(max(rate, 0.0), 1.0) * size, size, level=level).only()


def _alone_mean(labels: Labels, bounds: tuple[float, float] | None, level: float) -> Interval:
    return labels_only_mean(labels.human, weights=labels.weights, clusters=labels.clusters, bounds=bounds, level=level)


def _shown(corrected: Interval, other: Interval | None, moved: Shift | None) -> Interval:
    if moved is None or not moved.moved or other is None:
        return corrected
    return Interval(corrected.value, min(corrected.low, other.low), max(corrected.high, other.high))


def _disagreeing(corrected: Interval, other: Interval | None) -> tuple[str, ...]:
    if other is None or not (other.low > corrected.high or other.high < corrected.low):
        return ()
    return (
        f"Two corrections disagree: {corrected.low:.3f} to {corrected.high:.3f} if what a verdict means carries over to this traffic,"
        f" {other.low:.3f} to {other.high:.3f} if how the judge errs does. Label some of it.",
    )
