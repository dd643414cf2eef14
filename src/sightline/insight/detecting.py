"""Few alarms and true ones: every watched series against its own past, at any hour, within one budget of false alarms for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sightline.insight.explaining import Kind
from sightline.insight.watching import Series, Watched
from sightline.stats.contrast import Cell
from sightline.stats.sequences import Moved, Quiet, kind_of_hour, learn_quiet, windowed

Array = NDArray[np.float64]

BUDGET = 0.5  # false alarms a week over everything watched
_LOOKS = 100.0  # as many independent looks a week as a series' overlapping windows and hours are worth
_QUIET_H = 72
_UNKNOWN = 0.002  # variance of what a kind's expectation misses, in variances of a unit
_MIX_MATTERS = 0.02  # relative change of a measure that a shift of the mix has to make
_SIDE = 3.0  # standard errors by which anchors or questions have to have moved to name an alarm after them
_ALONE = 5.0  # and to be an alarm by themselves
_BILLED = 0.6  # of a cell's requests billed otherwise: a price, not retries


@dataclass(frozen=True, slots=True)
class Alarm:
    """`hour`: hours since 1970 at the end of which it was raised. `where`: dimension → value. `effect`: on the scale watched, over the
    last `window_h` hours. `q`: the share of false alarms that is expected among alarms as strong as this."""

    hour: int
    metric: str
    where: Mapping[str, str]
    label: Kind
    z: float
    effect: float
    window_h: int
    scale: str
    q: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Evidence from elsewhere, by hour of the watch: how many standard errors anchors and questions have moved by what was known then."""

    judge: Array | None = None
    questions: Array | None = None


@dataclass(slots=True)
class _Metric:
    """What has been raised for one metric: until when it is quiet, and how strong the alarm was."""

    quiet_until: int = -1
    strength: float = 0.0
    fresh: bool = True
    open: dict[str, float] = field(default_factory=dict)


def thresholds(counts: Mapping[int, int], budget: float) -> dict[int, float]:
    """|z| that each depth has to reach: the budget in equal parts to all traffic, values and pairs, each part shared by its series.

    counts: depth → series × channels. Two-sided, `_LOOKS` looks a week.
    """
    part = budget / max(len(counts), 1)
    return {depth: -NormalDist().inv_cdf(part / (2 * count * _LOOKS)) for depth, count in counts.items() if count}


def detect(watched: Watched, beside: Beside, *, budget: float = BUDGET) -> list[Alarm]:
    """Alarms in the order in which they would have been raised, each from nothing later than its hour."""
    kinds = kind_of_hour(watched.first, watched.hours)
    depths = np.array([len(cell) for cell in watched.series[0].cells])
    counts = {int(depth): int((depths == depth).sum()) * len(watched.series) for depth in np.unique(depths)}
    limit = thresholds(counts, budget)
    needed = np.array([limit[int(depth)] for depth in depths])
    strongest = {}
    for series in watched.series:
        strongest[id(series)] = _strongest(series, kinds, watched.learnt, needed)
    mixes = {id(series): _mix(series, kinds, watched.learnt) for series in watched.series if series.channel.scale != "price"}
    state: dict[str, _Metric] = {}
    out: list[Alarm] = []
    for hour in range(watched.learnt, watched.hours):
        for name, label in (("judge_pass", "judge"), ("embedding", "drift")):
            side = beside.judge if label == "judge" else beside.questions
            own = state.setdefault(f"{name}/{label}", _Metric())
            if side is not None and side[hour] >= _ALONE and hour > own.quiet_until:
                out.append(Alarm(watched.first + hour + 1, name, {}, label, float(side[hour]), 0.0, 0, "anchors" if label == "judge" else "vectors", 0.01))  # type: ignore[arg-type]
                own.quiet_until = watched.hours
                if label == "judge":
                    state.setdefault(name, _Metric()).quiet_until = watched.hours
        for series in sorted(watched.series, key=lambda one: one.channel.scale != "price"):
            out += _at(watched, series, strongest[id(series)], mixes.get(id(series)), beside, state, limit, hour)
    return out


@dataclass(frozen=True, slots=True)
class _Strongest:
    """By hour, of the cell furthest above what it needs: its index, by how much (ratio), z, effect, window."""

    cell: NDArray[np.int64]
    over: Array
    z: Array
    effect: Array
    window: NDArray[np.int64]
    level: Array


def _strongest(series: Series, kinds: NDArray[np.int64], learnt: int, needed: Array) -> _Strongest:
    quiet = learn_quiet(series.count, series.mass, series.total, series.squares, kinds, learnt)
    unit = np.where(series.count[:, :learnt].sum(1) >= 50, quiet.unit, quiet.unit[0])
    quiet = Quiet(quiet.profile, unit, np.where(unit > 0, quiet.extra, quiet.extra[0]), quiet.long)
    moved: Moved = windowed(series.count, series.mass, series.total, quiet, learnt=learnt, skew=series.skew, unknown=_UNKNOWN)
    over = np.abs(moved.z) / needed[:, None]
    best = over.argmax(axis=0)
    hours = np.arange(over.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        recent = np.cumsum(series.total, 1)[best, hours]
    return _Strongest(best, over[best, hours], moved.z[best, hours], moved.effect[best, hours], moved.window[best, hours].astype(np.int64), recent)


def _mix(series: Series, kinds: NDArray[np.int64], learnt: int) -> Moved:
    """Of all traffic: what its kinds alone lead one to expect, hour by hour, with all of an hour's variance taken from the time learnt."""
    mass = series.mass[:1]
    tiny = 1e-12 * np.maximum(series.count[:1], 1e-9)
    quiet = learn_quiet(series.count[:1], mass, series.expected[None, :], tiny, kinds, learnt)
    return windowed(series.count[:1], mass, series.expected[None, :], quiet, learnt=learnt, skew=0.0, unknown=1e9, windows=(12, 24, 48, 96, 168, 336))


def _at(
    watched: Watched, series: Series, at: _Strongest, mix: Moved | None, beside: Beside, state: dict[str, _Metric], limit: Mapping[int, float], hour: int
) -> list[Alarm]:
    name, scale = series.channel.signal.name, series.channel.scale
    own = state.setdefault(name, _Metric())
    out = []
    if mix is not None and hour > own.quiet_until:
        z, effect = float(mix.z[0, hour]), float(mix.effect[0, hour])
        relative = abs(effect) if scale == "log" else abs(effect) / max(abs(series.level), 1e-9)
        if abs(z) > limit[0] and relative > _MIX_MATTERS:
            out.append(Alarm(watched.first + hour + 1, name, {}, "mix", z, effect, int(mix.window[0, hour]), scale, _q(z, limit[0])))
            own.quiet_until, own.strength = hour + _QUIET_H, abs(z)
    over = float(at.over[hour])
    if over <= 1:
        if over < 0.8:
            own.strength = 0.0
        return out
    cell: Cell = series.cells[int(at.cell[hour])]
    if scale == "price":
        if float(at.effect[hour]) < _BILLED:
            return out
    elif hour <= own.quiet_until or over <= own.strength * 1.25:
        return out
    label: Kind = "price" if scale == "price" else "rate"
    if series.channel.signal.judged and beside.judge is not None and beside.judge[hour] >= _SIDE:
        label = "judge"
    elif beside.questions is not None and beside.questions[hour] >= _ALONE:
        label = "drift"
    if label == "price" and own.open.get("price", -1) >= hour - watched.hours and "price" in own.open:
        return out
    where = {watched.names[d]: watched.values[d][code - 1] for d, code in cell}
    z = float(at.z[hour])
    out.append(Alarm(watched.first + hour + 1, name, where, label, z, float(at.effect[hour]), int(at.window[hour]), scale, _q(z, limit[len(cell)])))
    own.quiet_until, own.strength = hour + _QUIET_H, over
    if label == "price":
        own.open["price"] = hour
        own.quiet_until = watched.hours
    return out


def _q(z: float, limit: float) -> float:
    """Expected share of false alarms among those as strong: the budget's, falling with the odds beyond the threshold."""
    return float(min(0.1, 0.1 * np.exp((limit**2 - z**2) / 2)))


def anchors_moved(days: Sequence[int], before: Array, first: int, hours: int, learnt: int) -> Array:
    """By hour, |z| of the judge's verdicts on one set of anchors: trailing days against all before, the largest over 1 … 14 days.

    days: the hour (since 1970) at which each day's verdicts were there. before: shape (days, items), verdicts. The error is how much
    the verdict on an item wavers from day to day in the time learnt.
    """
    out = np.zeros(hours)
    at = np.array(days) - first
    known = at < learnt
    wavering = float(np.nanmean(np.nanvar(before[known], axis=0, ddof=1))) if known.sum() > 1 else 0.25
    items = before.shape[1]
    for i in np.flatnonzero(~known):
        z = 0.0
        for window in (1, 2, 3, 5, 7, 14):
            if i + 1 - window < 5:
                continue
            now, past = before[i + 1 - window : i + 1], before[: i + 1 - window]
            error = float(np.sqrt(max(wavering, 1e-4) * (1 / window + 1 / past.shape[0]) / items))
            z = max(z, abs(float(np.nanmean(now) - np.nanmean(past))) / error)
        out[max(int(at[i]), 0) :] = z
    return out


def vectors_moved(block_hours: Array, counts: Array, sums: Array, squares: Array, first: int, hours: int, learnt: int) -> Array:
    """By hour, how far the mean vector of trailing days lies from that of the time learnt, in standard deviations of what windows of the
    time learnt show. block_hours: when each block of vectors was complete; counts (blocks,), sums, squares (blocks, features)."""
    out = np.zeros(hours)
    at = np.asarray(block_hours, dtype=int) - first
    known = np.flatnonzero(at <= learnt)
    if known.size < 8:
        return out
    per_day = max(1, round(24 * (known.size - 1) / max(int(at[known[-1]] - at[known[0]]), 1)))

    def distance(inside: NDArray[np.int64], rest: NDArray[np.int64]) -> float:
        n, m = counts[inside].sum(), counts[rest].sum()
        if n < 2 or m < 2:
            return 0.0
        a, b = sums[inside].sum(0) / n, sums[rest].sum(0) / m
        spread = np.maximum(squares[rest].sum(0) / m - b**2, 1e-12)
        return float(((a - b) ** 2 / (spread * (1 / n + 1 / m))).sum())

    for days in (1, 2, 4, 7):
        length = days * per_day
        if length * 2 > known.size:
            continue
        null = [distance(known[i : i + length], np.setdiff1d(known, known[i : i + length])) for i in range(0, known.size - length + 1)]
        centre, spread = float(np.median(null)), max(float(np.std(null)) * 1.5, float(np.sqrt(2.0 * sums.shape[1])))
        for i in range(int(known[-1]) + 1, at.size):
            if i + 1 - length <= 0:
                continue
            z = (distance(np.arange(i + 1 - length, i + 1), known) - centre) / spread
            hour = min(max(int(at[i]), 0), hours - 1)
            out[hour] = max(out[hour], z)
    last = np.flatnonzero(out)
    for i, hour in enumerate(last):  # what was seen holds until the next block
        out[hour : last[i + 1] if i + 1 < last.size else hours] = out[hour]
    return out
