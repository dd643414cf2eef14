"""Intervals that hold whenever one looks."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sightline.stats.sequential import Arm, Contrast, boundary, contrast, decide, growth_to_decide, split_p_value

Array = NDArray[np.float64]


def arm(y: Array, x: Array, p: Array | None = None, q: Array | None = None) -> Arm:
    """The sums over units."""
    p, q = (np.zeros(y.size) if of is None else of for of in (p, q))

    def of(a: Array, b: Array) -> float:
        return float((a * b).sum())

    one = np.ones(y.size)
    return Arm(
        y.size, of(y, one), of(x, one), of(y, y), of(x, x), of(x, y), of(p, one), of(q, one), of(p, p), of(q, q), of(p, q),
        of(y, p), of(y, q), of(x, p), of(x, q),
    )  # fmt: skip


def users(random: np.random.Generator, count: int, days: int, *, effect: float = 0.0) -> tuple[Array, Array, Array, Array]:
    """Requests and successes by user and day, users differing in both; the last two are the same of two weeks before."""
    habit = random.gamma(1.5, 1.0, count)
    luck = np.clip(random.normal(0.7, 0.15, count), 0.02, 0.98)
    x = random.poisson(habit[:, None], (count, days)).astype(float)
    y = random.binomial(x.astype(int), np.clip(luck + effect, 0, 1)[:, None]).astype(float)
    q = random.poisson(habit * 14).astype(float)
    return y, x, random.binomial(q.astype(int), luck).astype(float), q


def look(first: tuple[Array, ...], second: tuple[Array, ...], day: int, *, scale: float = 0.05) -> Contrast:
    arms = []
    for y, x, p, q in (first, second):
        seen = x[:, :day].sum(axis=1) > 0
        arms.append(arm(y[seen, :day].sum(axis=1), x[seen, :day].sum(axis=1), p[seen], q[seen]))
    return contrast(arms[0], arms[1], scale=scale)


def test_the_variance_of_the_difference_is_that_of_redraws() -> None:
    random = np.random.default_rng(1)
    values, variances = [], []
    for _ in range(400):
        found = look(users(random, 200, 3), users(random, 200, 3), 3)
        values.append(found.difference.value)
        variances.append(found.variance)
    assert np.mean(variances) == pytest.approx(np.var(values), rel=0.15)


def test_looking_every_day_is_wrong_no_more_often_than_promised() -> None:
    random = np.random.default_rng(2)
    wrong = 0
    for _ in range(300):
        first, second = users(random, 150, 40), users(random, 150, 40)
        wrong += any(not look(first, second, day).difference.holds(0) for day in range(1, 41))
    assert wrong / 300 <= 0.05


def test_a_difference_is_found_early_and_the_past_helps() -> None:
    random = np.random.default_rng(3)
    first, second = users(random, 1_500, 20), users(random, 1_500, 20, effect=0.06)
    found = look(first, second, 20)
    assert found.difference.low > 0
    assert found.difference.holds(0.06)
    assert found.reduced > 0.3
    without = look((*first[:2], *np.zeros((2, 1_500))), (*second[:2], *np.zeros((2, 1_500))), 20)
    assert without.reduced == 0
    assert found.difference.width < without.difference.width


def test_the_boundary_is_its_formula() -> None:
    # v = 1, scale 1, α = 0.05: sqrt(2 · (log 2 + 2·log 20))
    assert boundary(1.0, scale=1.0) == pytest.approx((2 * (0.693147 + 2 * 2.995732)) ** 0.5, rel=1e-5)


def test_few_units_say_nothing() -> None:
    few = arm(np.ones(19), np.ones(19))
    many = arm(np.ones(20), np.ones(20))
    assert contrast(few, many, scale=0.1).difference.high == np.inf
    assert contrast(many, many, scale=0.1).difference.width == 0


def test_a_split_is_told_broken_and_not_by_looking_often() -> None:
    assert split_p_value(5_000, 5_000) == 1.0
    assert split_p_value(5_300, 4_700) < 0.001
    assert split_p_value(3_000, 7_000, expected=0.3) == 1.0
    random = np.random.default_rng(4)
    coins = np.cumsum(random.random((300, 3_000)) < 0.5, axis=1)
    ever = [any(split_p_value(int(row[n - 1]), int(n - row[n - 1])) < 0.05 for n in range(50, 3_001, 50)) for row in coins]
    assert np.mean(ever) <= 0.05


def test_decisions() -> None:
    def of(low: float, high: float, variance: float = 1e-4) -> Contrast:
        from sightline.stats.intervals import Interval

        return Contrast(Interval((low + high) / 2, low, high), variance, 0.0)

    assert decide(of(0.01, 0.05), smallest=0.02, split_p_value=1) == "second is higher"
    assert decide(of(-0.05, -0.01), smallest=0.02, split_p_value=1) == "second is lower"
    assert decide(of(-0.01, 0.015), smallest=0.02, split_p_value=1) == "no difference that matters"
    assert decide(of(-0.03, 0.05), smallest=0.02, split_p_value=1) == "go on"
    assert decide(of(0.01, 0.05), smallest=0.02, split_p_value=1e-5) == "broken"
    assert growth_to_decide(of(0.5, 0.6), smallest=0.02) == 1.0
    more = growth_to_decide(of(-0.05, 0.05), smallest=0.02)
    assert more is not None
    assert boundary(1e-4 / more, scale=0.02) < 0.02 < boundary(1e-4 / (more / 1.05), scale=0.02)
