"""What a sum that accrues day by day will come to: weekday profile × recent level, with an interval by resampling whole days."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEK = 7
FEWEST_DAYS = 7  # a whole week: with fewer, weekdays can't be told from noise
LEVEL = 0.9

# The models that are tried: each α, without a drift and with one.
_SMOOTHINGS = np.tile([0.03, 0.06, 0.1, 0.2, 0.3, 0.5], 2)
_DRIFTING = np.repeat([0.0, 1.0], 6)
_FEWEST_FOR_WEEKDAYS = 2 * WEEK
_FEWEST_FOR_DRIFT = 4 * WEEK
_DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still to come, in the unit of the days.

    `expected`: the sum; `path`: what it is made of, shape (1 + days_left,): the rest of today, then each day left.
    `interval`: (low, high) of the sum, None below seven known days. `known_days`: how many days it stands on.
    """

    expected: float
    path: Array
    interval: tuple[float, float] | None
    known_days: int

    @property
    def enough(self) -> bool:
        """Whether there were the seven days that an interval takes."""
        return self.interval is not None


def forecast_sum(
    days: Array, rests: Array, *, today: float, days_left: int, level: float = LEVEL, draws: int = _DRAWS, seed: int = 0
) -> Forecast | None:
    """The sum still to come: the rest of today and `days_left` whole days after it.

    days: shape (n,), what each whole day before today came to, oldest first, the last being yesterday; NaN where unknown, never
    negative. rests: shape (n,), how much of each came after the present time of day. today: what today has come to so far. All in
    one unit, which is the answer's. level: the probability that the interval is to hold.

    Model: day = (level + drift) × weekday × (1 + e), the level moving by a share α of each surprise (exponential smoothing).
    Weekdays: the mean of each over that of its week, shrunk towards 1 by its own noise; from two weeks on. Drift: the straight line
    through the weeks' means, shrunk towards none by its own noise; from four weeks on. α: the one of six that predicted the history best a
    day ahead.

    Interval: residual bootstrap of whole days. Each draw takes an α by how well it predicted, makes the history again from
    resampled residuals, estimates level, weekdays and drift from it again, and walks on with resampled days, its level moving as it
    goes. Residuals are enlarged for the parameters that were estimated. Seeded: the same question has the same answer.

    Returns None without a known day, and where all of them are 0: nothing can be said. It stands on days that are independent given
    level and weekday: a holiday, a launch or a price change ahead is not in it.
    Raises ValueError unless days and rests have one shape (n,).
    Sources: Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing, ch. 6 (simulated intervals); Efron & Morris
    (1973) for the shrinkage. Coverage, measured: tests/stats/test_forecast.py.
    """
    if days.ndim != 1 or days.shape != rests.shape:
        raise ValueError(f"days and rests must have one shape (n,): they have {days.shape} and {rests.shape}.")
    known = np.isfinite(days)
    count = int(known.sum())
    if count == 0 or not days[known].any():
        return None
    fit = _fit(np.broadcast_to(days, (_SMOOTHINGS.size, days.size)), _SMOOTHINGS, _DRIFTING)
    weights = _weights(days, fit)
    fitted = weights @ fit.expected
    pool = np.flatnonzero(known & (fitted > 0))
    shares = rests[pool] / fitted[pool]
    path = weights @ _paths(fit, float(shares.mean()) if pool.size else 0.0, today, days_left)
    if count < FEWEST_DAYS:
        return Forecast(float(path.sum()), path, None, count)
    free = float(weights @ fit.free)
    sums = _draw_sums(days, fit, weights, pool, shares, free=free, today=today, days_left=days_left, draws=draws, seed=seed)
    low, high = np.quantile(sums, [(1 - level) / 2, (1 + level) / 2])
    return Forecast(float(path.sum()), path, (float(low), float(high)), count)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Histories of n days, one a row, as one model each sees them.

    `expected`: shape (rows, n), of each day the evening before. `level` after the last day and `drift` a day: shape (rows,).
    `weekdays`: shape (rows, 7), by position modulo 7. `free`: how many parameters were estimated, shape (rows,).
    """

    expected: Array
    level: Array
    drift: Array
    weekdays: Array
    smoothing: Array
    free: Array


def _fit(days: Array, smoothing: Array, drifting: Array) -> _Fit:
    """`days`: shape (rows, n); `smoothing`: each row's α; `drifting`: 1 where its level may drift, else 0."""
    weekdays, believed = _weekdays(days)
    drift, drift_believed = (drifting * of for of in _drift(days, weekdays))
    count = days.shape[1]
    factors = weekdays[:, np.arange(count) % WEEK]
    level = _first_level(days, factors, drift)
    expected = np.empty(days.shape)
    for day in range(count):
        level = np.maximum(level + drift, 0)
        expected[:, day] = level * factors[:, day]
        missed = days[:, day] - expected[:, day]
        # In units of the level, not of the day: a Sunday of next to nothing says little about it.
        level = np.maximum(level + smoothing * np.where(np.isfinite(missed), missed, 0), 0)
    return _Fit(expected, level, drift, weekdays, smoothing, 1 + 6 * believed + drift_believed)


def _paths(fit: _Fit, rest_share: float, today: float, days_left: int) -> Array:
    """The rest of today and each day left by each row's model. Today's surprise so far moves the level."""
    count = fit.expected.shape[1]
    level = fit.level + fit.drift
    whole = level * fit.weekdays[:, count % WEEK]
    rest = whole * rest_share
    level = np.maximum(level + fit.smoothing * (today + rest - whole), 0)
    ahead = np.arange(1, 1 + days_left)
    levels = np.maximum(level[:, None] + fit.drift[:, None] * ahead, 0)
    return np.concatenate([rest[:, None], levels * fit.weekdays[:, (count + ahead) % WEEK]], axis=1)


def _first_level(days: Array, factors: Array, drift: Array) -> Array:
    """The level before the first day, from the first fortnight."""
    first = slice(0, 2 * WEEK)
    seen = np.isfinite(days[:, first])
    weight = np.where(seen, factors[:, first], 0)
    at = np.arange(1, 1 + weight.shape[1])
    total = weight.sum(axis=1)
    mean = np.divide(np.nansum(days[:, first], axis=1), total, out=np.zeros_like(total), where=total > 0)
    middle = np.divide((weight * at).sum(axis=1), total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(np.maximum(mean - drift * middle, 0), dtype=np.float64)


def _in_weeks(days: Array) -> Array:
    """Shape (rows, weeks, 7) by position modulo 7; the last week is filled up with NaN."""
    rows, count = days.shape
    weeks = np.full((rows, -(-count // WEEK) * WEEK), np.nan)
    weeks[:, :count] = days
    return weeks.reshape(rows, -1, WEEK)


def _weekdays(days: Array) -> tuple[Array, Array]:
    """Factors by position modulo 7, shape (rows, 7), and how far they are believed, shape (rows,) between 0 and 1."""
    rows, count = days.shape
    flat = np.ones((rows, WEEK)), np.zeros(rows)
    whole = _in_weeks(days)[:, : count // WEEK]
    if count < _FEWEST_FOR_WEEKDAYS:
        return flat
    # A week's own level is taken out first: else a level that moves looks like noise of the weekdays.
    mean_of_week = _mean(whole, axis=2)[:, :, None]
    relative = np.divide(whole, mean_of_week, out=np.full(whole.shape, np.nan), where=mean_of_week > 0)
    seen = np.isfinite(relative).sum(axis=1)
    mean = _mean(relative, axis=1)
    if (seen < 2).any():
        return flat
    never = mean == 0  # nothing on any of its days: no noise to shrink by
    noise = np.nansum((relative - mean[:, None, :]) ** 2, axis=1).sum(axis=1) / np.maximum(((seen - 1) * ~never).sum(axis=1), 1)
    kept = np.maximum((~never).sum(axis=1), 1)
    centre = (mean.sum(axis=1) / kept)[:, None]
    spread = (np.where(never, 0, mean - centre) ** 2).sum(axis=1) / np.maximum(kept - 1, 1)
    believed = np.clip(1 - np.divide(noise / seen.mean(axis=1), spread, out=np.ones(rows), where=spread > 0), 0, 1)
    return np.where(never, 0, centre + believed[:, None] * (mean - centre)), believed


def _drift(days: Array, weekdays: Array) -> tuple[Array, Array]:
    """By how much the level grows a day, shape (rows,), and how far that is believed, between 0 and 1."""
    rows, count = days.shape
    weeks = count // WEEK
    if count < _FEWEST_FOR_DRIFT:
        return np.zeros(rows), np.zeros(rows)
    latest = np.arange(count - weeks * WEEK, count)
    weight = np.where(np.isfinite(days[:, latest]), weekdays[:, latest % WEEK], 0).reshape(rows, weeks, WEEK).sum(axis=2)
    total = np.nansum(days[:, latest].reshape(rows, weeks, WEEK), axis=2)
    level = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    if np.isnan(level).any():
        return np.zeros(rows), np.zeros(rows)
    at = np.arange(weeks) - (weeks - 1) / 2
    slope = (level * at).sum(axis=1) / (at**2).sum()
    left = level - level.mean(axis=1, keepdims=True) - slope[:, None] * at
    squares = (left**2).sum(axis=1)
    serial = np.divide((left[:, 1:] * left[:, :-1]).sum(axis=1), squares, out=np.zeros(rows), where=squares > 0).clip(0, 0.8)
    variance = squares / (weeks - 2) / (at**2).sum() * (1 + serial) / (1 - serial)  # a level that wanders looks like a line
    believed = np.clip(1 - np.divide(variance, slope**2, out=np.ones(rows), where=slope != 0), 0, 1)
    return slope * believed / WEEK, believed


def _mean(values: Array, axis: int) -> Array:
    """The mean of what is known, 0 where nothing is."""
    seen = np.isfinite(values).sum(axis=axis)
    return np.asarray(np.nansum(values, axis=axis) / np.maximum(seen, 1), dtype=np.float64)


def _weights(days: Array, fit: _Fit) -> Array:
    """How far each model is believed, adding up to 1: by the likelihood of its errors a day ahead, taken as normal."""
    scale = np.maximum(fit.expected, 1e-9 * np.nanmax(days))
    judged = slice(min(WEEK, days.size // 2), None)  # the first week made the level that it would be judged by
    relative = ((days - fit.expected) / np.sqrt(scale))[:, judged]
    known = np.isfinite(relative).sum(axis=1)
    error = np.maximum(_mean(relative**2, axis=1), 1e-18 * np.nanmax(days))  # in the days' unit; less is the rounding of floats
    likelihood = np.exp(-known / 2 * np.log(error / error.min()) - _DRIFTING)  # Akaike's price of a parameter
    return np.asarray(likelihood / likelihood.sum(), dtype=np.float64)


def _draw_sums(
    days: Array, fit: _Fit, weights: Array, pool: NDArray[np.intp], shares: Array,
    *, free: float, today: float, days_left: int, draws: int, seed: int,
) -> Array:  # fmt: skip
    """What is still to come, drawn `draws` times."""
    random = np.random.default_rng(seed)
    count, fitted = days.size, weights @ fit.expected
    errors = days[pool] / fitted[pool] - 1
    errors = np.maximum((errors - errors.mean()) * np.sqrt(errors.size / max(errors.size - free, 1)), -1)
    model = random.choice(weights.size, size=draws, p=weights)
    known = np.where(np.isfinite(days), fitted, np.nan)
    smooth = _fit(np.broadcast_to(known, fit.expected.shape), _SMOOTHINGS, _DRIFTING)
    again = _fit(known * (1 + errors[random.integers(errors.size, size=(draws, count))]), _SMOOTHINGS[model], _DRIFTING[model])
    # What the noise did to the estimates is added to the estimates: the smoothed history alone would lag a second time.
    level = np.maximum(fit.level[model] + again.level - smooth.level[model], 0)
    drift = fit.drift[model] + again.drift - smooth.drift[model]
    weekdays = np.maximum(fit.weekdays[model] + again.weekdays - smooth.weekdays[model], 0)
    drawn = random.integers(errors.size, size=(draws, 1 + days_left))
    level = np.maximum(level + drift, 0)
    expected = level * weekdays[:, count % WEEK]
    total = expected * shares[drawn[:, 0]]  # a past day's rest, after what today has come to so far
    level = np.maximum(level + again.smoothing * (today + total - expected), 0)
    for day in range(1, 1 + days_left):
        level = np.maximum(level + drift, 0)
        expected = level * weekdays[:, (count + day) % WEEK]
        missed = expected * errors[drawn[:, day]]
        total = total + expected + missed
        level = np.maximum(level + again.smoothing * missed, 0)
    return np.asarray(total, dtype=np.float64)
