"""Intervals against published numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.stats.intervals import effective_size, normal_quantile, share, share_difference, student_quantile, wilson


@pytest.mark.parametrize(
    ("degrees", "table"),  # Abramowitz & Stegun, table 26.10, 0.975; four decimals as printed elsewhere
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799), (np.inf, 1.9600)],
)
def test_quantiles_of_student_are_those_of_the_tables(degrees: float, table: float) -> None:
    assert float(student_quantile(0.975, degrees)) == pytest.approx(table, rel=2e-3)


def test_between_whole_degrees_the_quantile_falls_and_is_never_too_small() -> None:
    found = student_quantile(0.975, np.linspace(1, 12, 200))
    assert (np.diff(found) < 0).all()
    assert float(student_quantile(0.975, 2.5)) >= 3.5  # exact: 3.5583


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, float("nan")])
def test_a_probability_that_is_none_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        normal_quantile(probability)


@pytest.mark.parametrize(
    ("passed", "count", "low", "high"),  # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_printed_it(passed: int, count: int, low: float, high: float) -> None:
    assert [float(end) for end in wilson(passed, count)] == pytest.approx([low, high], abs=5e-5)


def test_the_difference_as_newcombe_printed_it() -> None:
    """Statistics in Medicine 17, 873-890, table II, method 10: 56/70 − 48/80."""
    found = share_difference(share(56, 70), share(48, 80))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_nothing_counted_is_nothing_known() -> None:
    found = share(0, 0)
    assert np.isnan(found.value)
    assert (found.low, found.high) == (0, 1)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_unequal_weights_are_worth_less(weights: list[float]) -> None:
    size = effective_size(weights)
    assert 0 < size <= len(weights) * (1 + 1e-9)
    assert effective_size([3.0] * len(weights)) == pytest.approx(len(weights))
