"""Few alarms and true ones: every watched series against its own past, at any hour, within one budget of false alarms for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_MIX_MATTERS = 0.03  # relative change of a measure that a shift of the mix has to make
_MIX_Z = 6.0
_MIX_WINDOWS = (24, 48, 96, 168, 336)
_LEAST_KNOWN = 50  # units that a series needs in the time learnt from, to have a variance of its own
_LOUDER = 1.5  # how much stronger than the last alarm a metric has to get to be told of again
_TAILS = 1.25  # thresholds above those of even, independent hours: what quiet weeks of public seeds took
_FALSE_AT_LIMIT = 0.15
_SIDE = 3.0  # standard errors by which anchors or questions have to have moved to name an alarm after them
_ALONE_JUDGE, _ALONE_QUESTIONS = 4.0, 9.0  # and to be an alarm by themselves
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
    priced: bool = False


def thresholds(counts: Mapping[int, int], budget: float) -> dict[int, float]:
    """|z| that each depth has to reach: the budget in equal parts to all traffic, values and pairs, each part shared by its series.

    counts: depth → series × channels. Two-sided, `_LOOKS` looks a week.
    """
    part = budget / max(len(counts), 1)
    return {depth: -_TAILS * NormalDist().inv_cdf(part / (2 * count * _LOOKS)) for depth, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class Strongest:
    """By hour, of one channel and the cells of one depth, the one that moved most: shape (hours,). `cell`: its index."""

    cell: NDArray[np.int64]
    z: Array
    effect: Array
    window: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Moves:
    """What every channel's series did: by depth the strongest, and `mix`: what the kinds of all traffic alone would have done."""

    name: str
    scale: str
    judged: bool
    level: float
    by_depth: Mapping[int, Strongest]
    counts: Mapping[int, int]
    mix: Strongest | None


def moves(watched: Watched) -> list[Moves]:
    """Follow every series through the hours after those learnt from."""
    kinds = kind_of_hour(watched.first, watched.hours)
    out = []
    for series in watched.series:
        depths = np.array([len(cell) for cell in series.cells])
        quiet = learn_quiet(series.count, series.mass, series.total, series.squares, kinds, watched.learnt)
        known = series.count[:, : watched.learnt].sum(1) >= _LEAST_KNOWN
        unit = np.where(known, quiet.unit, quiet.unit[0])
        quiet = Quiet(quiet.profile, unit, np.where(known, quiet.extra, quiet.extra[0]), quiet.long)
        moved = windowed(series.count, series.mass, series.total, quiet, learnt=watched.learnt, skew=series.skew, unknown=_UNKNOWN)
        by_depth = {int(depth): _strongest(moved, np.flatnonzero(depths == depth)) for depth in np.unique(depths)}
        mix = None if series.channel.scale == "price" else _strongest(_mix(series, kinds, watched.learnt), np.zeros(1, dtype=np.int64))
        counts = {int(depth): int((depths == depth).sum()) for depth in np.unique(depths)}
        signal = series.channel.signal
        out.append(Moves(signal.name, series.channel.scale, signal.judged, series.level, by_depth, counts, mix))
    return out


def _strongest(moved: Moved, rows: NDArray[np.int64]) -> Strongest:
    z = moved.z[rows]
    best = np.abs(z).argmax(axis=0)
    hours = np.arange(z.shape[1])
    return Strongest(rows[best], z[best, hours], moved.effect[rows[best], hours], moved.window[rows[best], hours].astype(np.int64))


def _mix(series: Series, kinds: NDArray[np.int64], learnt: int) -> Moved:
    """Of all traffic: what its kinds alone lead one to expect, hour by hour, with all of an hour's variance taken from the time learnt."""
    mass = series.mass[:1]
    tiny = 1e-12 * np.maximum(series.count[:1], 1e-9)
    quiet = learn_quiet(series.count[:1], mass, series.expected[None, :], tiny, kinds, learnt)
    return windowed(series.count[:1], mass, series.expected[None, :], quiet, learnt=learnt, skew=0.0, unknown=1e9, windows=_MIX_WINDOWS)


def detect(watched: Watched, beside: Beside, *, budget: float = BUDGET) -> list[Alarm]:
    """Alarms in the order in which they would have been raised, each from nothing later than its hour."""
    return alarms(moves(watched), watched.series[0].cells, watched, beside, budget=budget)


def alarms(found: Sequence[Moves], cells: Sequence[Cell], watched: Watched, beside: Beside, *, budget: float = BUDGET) -> list[Alarm]:
    """What is raised of what moved."""
    counts: dict[int, int] = {}
    for one in found:
        for depth, count in one.counts.items():
            counts[depth] = counts.get(depth, 0) + count
    limit = thresholds(counts, budget)
    state: dict[str, _Metric] = {}
    out: list[Alarm] = []
    ordered = sorted(found, key=lambda one: one.scale != "price")
    for hour in range(watched.learnt, watched.hours):
        out += _beside(watched, beside, state, hour)
        for one in ordered:
            raised = _raised(watched, cells, one, beside, state, limit, hour)
            if raised is not None:
                out.append(raised)
    return out


def _beside(watched: Watched, beside: Beside, state: dict[str, _Metric], hour: int) -> list[Alarm]:
    out = []
    sides: list[tuple[str, Kind, str, Array | None]] = [
        ("judge_pass", "judge", "anchors", beside.judge),
        ("embedding", "drift", "vectors", beside.questions),
    ]
    for name, label, scale, side in sides:
        own = state.setdefault(f"{name}/{label}", _Metric())
        if side is not None and side[hour] >= (_ALONE_JUDGE if label == "judge" else _ALONE_QUESTIONS) and hour > own.quiet_until:
            out.append(Alarm(watched.first + hour + 1, name, {}, label, float(side[hour]), 0.0, 0, scale, 0.01))
            own.quiet_until = watched.hours
            if label == "judge":
                state.setdefault(name, _Metric()).quiet_until = watched.hours
    return out


def _raised(
    watched: Watched, cells: Sequence[Cell], one: Moves, beside: Beside, state: dict[str, _Metric], limit: Mapping[int, float], hour: int
) -> Alarm | None:
    own = state.setdefault(one.name, _Metric())
    if one.scale == "price":
        return _price(watched, cells, one, own, limit, hour)
    over = {depth: abs(float(at.z[hour])) / limit[depth] for depth, at in one.by_depth.items()}
    depth = max(over, key=lambda d: over[d])
    if hour <= own.quiet_until or max(over[depth], 1.0) <= own.strength:
        return None
    if one.mix is not None:
        z, effect = float(one.mix.z[hour]), float(one.mix.effect[hour])
        relative = abs(effect) if one.scale == "log" else abs(effect) / max(abs(one.level), 1e-9)
        if abs(z) > _MIX_Z and relative > _MIX_MATTERS:
            own.quiet_until, own.strength = hour + _QUIET_H, _LOUDER * max(over[depth], 1.0)
            return Alarm(watched.first + hour + 1, one.name, {}, "mix", z, effect, int(one.mix.window[hour]), one.scale, _q(z, _MIX_Z))
    if over[depth] <= 1:
        return None
    label: Kind = "rate"
    if one.judged and beside.judge is not None and beside.judge[hour] >= _SIDE:
        label = "judge"
    elif beside.questions is not None and beside.questions[hour] >= _ALONE_QUESTIONS:
        label = "drift"
    own.quiet_until, own.strength = hour + _QUIET_H, _LOUDER * over[depth]
    return _alarm(watched, cells, one, depth, label, limit, hour)


def _price(watched: Watched, cells: Sequence[Cell], one: Moves, own: _Metric, limit: Mapping[int, float], hour: int) -> Alarm | None:
    """The price of a token: exact, so an alarm for good, and whatever else cost does is the same incident."""
    for depth, at in one.by_depth.items():
        if abs(float(at.z[hour])) > limit[depth] and float(at.effect[hour]) > _BILLED and not own.priced:
            own.priced, own.quiet_until = True, watched.hours
            return _alarm(watched, cells, one, depth, "price", limit, hour)
    return None


def _alarm(watched: Watched, cells: Sequence[Cell], one: Moves, depth: int, label: Kind, limit: Mapping[int, float], hour: int) -> Alarm:
    at = one.by_depth[depth]
    where = {watched.names[d]: watched.values[d][code - 1] for d, code in cells[int(at.cell[hour])]}
    z = float(at.z[hour])
    return Alarm(
        watched.first + hour + 1, one.name, where, label, z, float(at.effect[hour]), int(at.window[hour]), one.scale, _q(z, limit[depth])
    )


def _q(z: float, limit: float) -> float:
    """Expected share of false alarms among those as strong: that at the threshold, falling with the odds beyond it."""
    return float(min(_FALSE_AT_LIMIT, _FALSE_AT_LIMIT * np.exp((limit**2 - z**2) / 2)))


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
        null = [distance(known[i : i + length], np.setdiff1d(known, known[i : i + length])) for i in range(known.size - length + 1)]
        centre, spread = float(np.median(null)), max(float(np.std(null)) * 1.5, float(np.sqrt(2.0 * sums.shape[1])))
        for i in range(int(known[-1]) + 1, at.size):
            if i + 1 - length <= 0:
                continue
            z = (distance(np.arange(i + 1 - length, i + 1), known) - centre) / spread
            hour = min(max(int(at[i]), 0), hours - 1)
            out[hour] = max(out[hour], z)
    last = np.flatnonzero(out)
    for i, hour in enumerate(last.tolist()):  # what was seen holds until the next block
        out[hour : last[i + 1] if i + 1 < last.size else hours] = out[hour]
    return out
