"""The sketch's quantiles lie within what it states, and two sketches added are one."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.stats.sketch import NOT_ABOVE_ZERO, quantiles

GAMMA = 1.01 / 0.99
LEVELS = (0.0, 0.25, 0.5, 0.9, 0.99, 1.0)
VALUES = st.lists(st.one_of(st.just(0.0), st.floats(1, 1e18)), min_size=1, max_size=200)


def sketched(values: list[float]) -> Counter[int]:
    return Counter(NOT_ABOVE_ZERO if value == 0 else math.ceil(math.log(value) / math.log(GAMMA)) for value in values)


@given(values=VALUES)
def test_quantiles_are_within_one_percent_of_the_value_at_their_rank(values: list[float]) -> None:
    exact = np.quantile(values, LEVELS, method="lower")
    assert quantiles(sketched(values), LEVELS, gamma=GAMMA) == pytest.approx(exact, rel=0.01 + 1e-9, abs=1e-12)


@given(one=VALUES, other=VALUES)
def test_sketches_add_up(one: list[float], other: list[float]) -> None:
    assert sketched(one) + sketched(other) == sketched(one + other)


def test_nothing_has_no_quantile() -> None:
    assert all(math.isnan(value) for value in quantiles({}, LEVELS, gamma=GAMMA))
