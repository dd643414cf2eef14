"""The forecast of a sum: what it is worth, measured on processes whose future is known, and what it says where arithmetic can tell."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.stats.forecast import Array, forecast_sum

WEEKDAYS = np.array([1.1, 1.2, 1.15, 1.1, 1.0, 0.5, 0.45])


def halves(days: Array) -> Array:
    return days / 2


def weekly(at: Array, random: np.random.Generator) -> Array:
    found: Array = 100 * WEEKDAYS[(at + random.integers(7)).astype(int) % 7]
    return found


def lognormal(random: np.random.Generator, sigma: float, size: int) -> Array:
    """Of mean 1."""
    return random.lognormal(-(sigma**2) / 2, sigma, size)


def steady(random: np.random.Generator, at: Array) -> Array:
    return weekly(at, random) * lognormal(random, 0.2, at.size)


def noisy(random: np.random.Generator, at: Array) -> Array:
    return weekly(at, random) * lognormal(random, 0.6, at.size)


def growing(random: np.random.Generator, at: Array) -> Array:
    """2 % a week."""
    return steady(random, at) * np.exp(0.003 * at)


def booming(random: np.random.Generator, at: Array) -> Array:
    """7 % a week."""
    return steady(random, at) * np.exp(0.01 * at)


def no_weekends(random: np.random.Generator, at: Array) -> Array:
    days = weekly(at, random)
    return np.where(days < 60, 0, days) * lognormal(random, 0.25, at.size)


def idle_days(random: np.random.Generator, at: Array) -> Array:
    """Nothing at all on one day in five."""
    return weekly(at, random) * lognormal(random, 0.25, at.size) * (random.random(at.size) > 0.2)


def heavy_tailed(random: np.random.Generator, at: Array) -> Array:
    return weekly(at, random) * (0.7 + 0.45 * random.pareto(2.5, at.size))


def persistent(random: np.random.Generator, at: Array) -> Array:
    """Yesterday's surprise is there by 0.6 today."""
    noise = np.zeros(at.size)
    for day in range(1, at.size):
        noise[day] = 0.6 * noise[day - 1] + random.normal(0, 0.15)
    return weekly(at, random) * np.exp(noise)


def wandering(random: np.random.Generator, at: Array) -> Array:
    """The level moves by 5 % a day, either way."""
    return weekly(at, random) * np.exp(np.cumsum(random.normal(0, 0.05, at.size))) * lognormal(random, 0.15, at.size)


def coverage(process: Callable[[np.random.Generator, Array], Array], history: int, left: int, level: float, months: int) -> float:
    """In how many of the months the interval held what came."""
    random = np.random.default_rng(7)
    held = 0
    for month in range(months):
        days = process(random, np.arange(history + 1 + left, dtype=np.float64))
        rests = days[: history + 1] * np.clip(random.normal(0.5, 0.05, history + 1), 0, 1)
        truth = rests[history] + days[history + 1 :].sum()
        found = forecast_sum(
            days[:history], rests[:history], today=days[history] - rests[history], days_left=left, level=level, draws=400, seed=month
        )
        assert found is not None
        assert found.interval is not None
        held += found.interval[0] <= truth <= found.interval[1]
    return held / months


# What 150 months must show at the least; docs/budgets.md has the figures of 400.
@pytest.mark.parametrize(
    ("process", "least_90"),
    [
        (steady, 0.94),
        (noisy, 0.92),
        (growing, 0.92),
        (booming, 0.90),
        (no_weekends, 0.93),
        (idle_days, 0.92),
        (heavy_tailed, 0.88),
        (persistent, 0.90),
        (wandering, 0.76),
    ],
)
def test_the_interval_holds_what_came_about_as_often_as_it_says(process: Any, least_90: float) -> None:
    assert coverage(process, 56, 15, 0.9, 150) >= least_90


@pytest.mark.parametrize(("level", "low", "high"), [(0.8, 0.76, 0.97), (0.95, 0.94, 1.0)])
def test_other_levels_hold_as_often_too(level: float, low: float, high: float) -> None:
    assert low <= coverage(steady, 56, 15, level, 150) <= high


def test_a_short_history_makes_a_wide_interval_that_holds() -> None:
    assert coverage(steady, 10, 20, 0.9, 100) >= 0.95


def test_the_same_every_day_goes_on_so() -> None:
    days = np.full(28, 4.0)
    found = forecast_sum(days, halves(days), today=2.0, days_left=10)
    assert found is not None
    assert found.expected == pytest.approx(2 + 40)
    assert found.interval == pytest.approx((42, 42))
    assert found.path == pytest.approx([2, *[4] * 10])
    assert (found.enough, found.known_days) == (True, 28)


def test_weekends_off_stay_off() -> None:
    # Four weeks from a Monday; today is a Monday: five days of 10, two of nothing.
    days = np.array([10, 10, 10, 10, 10, 0, 0] * 4, dtype=np.float64)
    found = forecast_sum(days, halves(days), today=5.0, days_left=6)
    assert found is not None
    assert found.path == pytest.approx([5, 10, 10, 10, 10, 0, 0])


def test_a_straight_line_is_continued() -> None:
    days = 100 + np.arange(56, dtype=np.float64)
    found = forecast_sum(days, halves(days), today=78.0, days_left=10)
    assert found is not None
    assert found.expected == pytest.approx(78 + np.arange(157, 167).sum(), rel=0.02)


@pytest.mark.parametrize("count", [1, 6])
def test_below_seven_days_there_is_no_interval(count: int) -> None:
    days = np.full(count, 4.0)
    found = forecast_sum(days, halves(days), today=2.0, days_left=3)
    assert found is not None
    assert (found.enough, found.interval) == (False, None)
    assert found.expected == pytest.approx(2 + 12)


def test_days_that_are_unknown_are_neither_zero_nor_counted() -> None:
    days = np.full(21, 4.0)
    days[[3, 20]] = np.nan
    found = forecast_sum(days, halves(days), today=2.0, days_left=3)
    assert found is not None
    assert found.known_days == 19
    assert found.expected == pytest.approx(14)


@pytest.mark.parametrize("days", [np.zeros(0), np.zeros(30), np.full(10, np.nan)])
def test_from_nothing_nothing_is_forecast(days: Array) -> None:
    assert forecast_sum(days, days, today=0.0, days_left=3) is None


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3,\) and \(2,\)"):
        forecast_sum(np.ones(3), np.ones(2), today=0.0, days_left=1)


histories = st.lists(st.floats(0, 1e6, allow_subnormal=False) | st.just(float("nan")), min_size=7, max_size=60)


@settings(max_examples=60, deadline=None)
@given(said=histories, share=st.floats(0, 1), today=st.floats(0, 1e6), left=st.integers(0, 40), factor=st.sampled_from([1e-6, 100.0]))
def test_it_is_finite_seeded_ordered_and_knows_no_unit(said: list[float], share: float, today: float, left: int, factor: float) -> None:
    days = np.array(said)
    found = forecast_sum(days, days * share, today=today, days_left=left, draws=50)
    if found is None:
        return
    assert np.isfinite(found.path).all()
    assert (found.path >= 0).all()
    if found.interval is not None:
        assert 0 <= found.interval[0] <= found.interval[1] < np.inf
    again = forecast_sum(days, days * share, today=today, days_left=left, draws=50)
    scaled = forecast_sum(days * factor, days * share * factor, today=today * factor, days_left=left, draws=50)
    assert again is not None
    assert scaled is not None
    assert (again.expected, again.interval) == (found.expected, found.interval)
    assert scaled.expected == pytest.approx(found.expected * factor, rel=1e-6, abs=1e-9 * factor)
