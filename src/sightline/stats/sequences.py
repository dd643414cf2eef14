"""Series that are looked at every hour: has the mean moved, lately or slowly, against everything before?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WINDOWS_H = (2, 6, 12, 24, 48, 96, 168, 336)
_DAY = 24
_KINDS = 48  # hour of day × kind of day


@dataclass(frozen=True, slots=True)
class Quiet:
    """What the time learnt from says of each series. `profile`: shape (series, hours), seasonal expectation of the mean. `unit`: shape
    (series,), variance of one unit of weight². `extra`: over-dispersion of an hour's mean. `long`: how many times as large the variance
    of a long sum is as that of independent hours, at least 1."""

    profile: Array
    unit: Array
    extra: Array
    long: Array


def kind_of_hour(first: int, hours: int) -> NDArray[np.int64]:
    """Hour of day, and whether it is a weekend: shape (hours,), 0 … 47. first: hours since 1970, a Thursday."""
    hour = first + np.arange(hours)
    return hour % _DAY + _DAY * ((hour // _DAY + 3) % 7 >= 5)


def learn_quiet(count: Array, mass: Array, total: Array, squares: Array, kinds: NDArray[np.int64], learnt: int) -> Quiet:
    """Seasonal profile, over-dispersion and serial dependence of each series in the hours learnt from.

    count, mass, total, squares: shape (series, hours): Σ1, Σw, Σw·x, Σw²x². kinds: shape (hours,). The profile of each kind of hour is
    shrunk by its own noise; over-dispersion by moments; serial dependence by Bartlett's long-run variance over a day, shrunk to the
    median of all series, as two weeks say little of one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        early = slice(0, learnt)
        level = np.where(mass[:, early].sum(1) > 0, total[:, early].sum(1) / mass[:, early].sum(1), 0.0)
        unit = np.where(
            count[:, early].sum(1) > 0, squares[:, early].sum(1) / np.maximum(_squared(count, mass)[:, early].sum(1), 1e-12), 0.0
        )
        variance = np.where(mass > 0, unit[:, None] * _squared(count, mass) / np.maximum(mass, 1e-12) ** 2, np.inf)
        value = np.where(mass > 0, total / np.maximum(mass, 1e-12), 0.0)
        precision = np.where(np.isfinite(variance) & (variance > 0), 1 / variance, 0.0)
    profile = np.zeros(value.shape)
    weight = np.zeros((value.shape[0], _KINDS))
    mean = np.zeros((value.shape[0], _KINDS))
    for kind in range(_KINDS):
        here = np.flatnonzero(kinds[:learnt] == kind)
        if here.size:
            weight[:, kind] = precision[:, here].sum(1)
            mean[:, kind] = (precision[:, here] * (value[:, here] - level[:, None])).sum(1) / np.maximum(weight[:, kind], 1e-12)
    noise = 1 / np.maximum(weight, 1e-12)
    spread = np.maximum((weight * mean**2).sum(1) / np.maximum(weight.sum(1), 1e-12) - _KINDS / np.maximum(weight.sum(1), 1e-12), 0)
    shrunk = mean * spread[:, None] / (spread[:, None] + noise + 1e-300)
    profile = level[:, None] + shrunk[:, kinds]
    left = np.where(precision > 0, value - profile, 0.0)[:, early]
    p, v = precision[:, early], np.where(np.isfinite(variance), variance, 0.0)[:, early]
    known = (p > 0).sum(1)
    used = _KINDS * spread / (spread + noise.mean(1) + 1e-300) + 1
    free = np.maximum(known - np.minimum(used, known / 2), 1)
    # moments, weighted by precision so that hours with little traffic say little
    chi = (p * left**2).sum(1) / free
    extra = np.maximum(chi - 1, 0) * known / np.maximum(p.sum(1), 1e-300)
    full = np.where(p > 0, v + extra[:, None], np.inf)
    z = np.where(p > 0, left / np.sqrt(full + 1e-300), 0.0)
    z = np.clip(z, -6, 6)
    short = np.maximum((z**2).mean(1), 1e-9)
    long = short.copy()
    for k in range(1, _DAY):
        long += 2 * (1 - k / _DAY) * (z[:, :-k] * z[:, k:]).mean(1)
    ratio = np.maximum(long / short, 1.0)
    ratio = np.maximum(0.5 * ratio + 0.5 * float(np.median(ratio)), 1.0)
    return Quiet(profile, unit, extra, ratio)


def _squared(count: Array, mass: Array) -> Array:
    """Σw² where only Σ1 and Σw are known: exact for equal weights."""
    return np.divide(mass**2, count, out=np.zeros(mass.shape), where=count > 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """shape (series, hours): `z` the largest over the windows, with sign; `effect` and `window` those of that window."""

    z: Array
    effect: Array
    window: NDArray[np.int16]


def windowed(
    count: Array, mass: Array, total: Array, quiet: Quiet, *, learnt: int, skew: float, unknown: float,
    windows: tuple[int, ...] = WINDOWS_H,
) -> Moved:  # fmt: skip
    """At each hour: the mean departure over trailing windows against that of everything before the window.

    A series without a past (a new value) is expected at 0 with variance `unknown`·unit. Both sides carry their sampling variance, over-
    dispersion and serial dependence; where few events are expected, the variance grows with the change towards the long tail
    (Bernstein), which is what small counts need. Hours before `learnt` have 0. Windows are from two hours to two weeks: steps need
    the short, slides the long.
    """
    hours = count.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(mass > 0, quiet.unit[:, None] / np.maximum(count, 1e-9) + quiet.extra[:, None], np.inf)
        left = np.where(mass > 0, total / np.maximum(mass, 1e-12) - quiet.profile, 0.0)
    p = np.where(np.isfinite(variance) & (variance > 0), 1 / np.maximum(variance, 1e-300), 0.0)
    cp = np.concatenate([np.zeros((p.shape[0], 1)), np.cumsum(p, 1)], 1)
    cx = np.concatenate([np.zeros((p.shape[0], 1)), np.cumsum(p * left, 1)], 1)
    cn = np.concatenate([np.zeros((p.shape[0], 1)), np.cumsum(count, 1)], 1)
    best, effects, which = np.zeros(count.shape), np.zeros(count.shape), np.zeros(count.shape, dtype=np.int16)
    prior = 1 / np.maximum(unknown * quiet.unit, 1e-300)
    for window in windows:
        t = np.arange(max(window, learnt), hours)
        if t.size == 0:
            continue
        now, past = cp[:, t + 1] - cp[:, t + 1 - window], cp[:, t + 1 - window]
        units = cn[:, t + 1] - cn[:, t + 1 - window]
        known = now > 0
        was = cx[:, t + 1 - window] / (past + prior[:, None])
        effect = np.where(known, (cx[:, t + 1] - cx[:, t + 1 - window]) / np.maximum(now, 1e-300) - was, 0.0)
        serial = 1 + (quiet.long[:, None] - 1) * min(window / _DAY, 1.0)
        error = serial * (1 / np.maximum(now, 1e-300) + 1 / (past / 1.0 + prior[:, None]))
        tail = np.maximum(effect * skew, 0) / 3 / np.maximum(units, 1)
        z = np.where(known & (units >= 5), effect / np.sqrt(error + tail + 1e-300), 0.0)
        stronger = np.abs(z) > np.abs(best[:, t])
        best[:, t] = np.where(stronger, z, best[:, t])
        effects[:, t] = np.where(stronger, effect, effects[:, t])
        which[:, t] = np.where(stronger, window, which[:, t])
    return Moved(best, effects, which)
