"""Intervals of quantiles and means against published tables and by drawing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.stats.quantiles import difference_interval, mean_interval, order_statistic_ranks, quantile_levels, student_t


@pytest.mark.parametrize(
    ("n", "q", "ranks"),
    [
        # B(16, 0.75): P(count <= 7) = 0.0075, P(count <= 8) = 0.0271; P(count = 16) = 0.0100
        pytest.param(16, 0.75, (8, 16), id="upper_quartile_of_sixteen"),
        # the sign test's interval of the median: B(10, 0.5), P(count <= 1) = 0.0107, P(count <= 2) = 0.0547
        pytest.param(10, 0.5, (2, 9), id="median_of_ten"),
        # B(20, 0.5): P(count <= 5) = 0.0207
        pytest.param(20, 0.5, (6, 15), id="median_of_twenty"),
    ],
)
def test_ranks_are_those_of_the_tables(n: int, q: float, ranks: tuple[int, int]) -> None:
    assert order_statistic_ranks(n, q) == ranks


def test_a_tail_quantile_takes_as_many_values_as_its_largest_needs() -> None:
    # the largest of n lies above the P99 with 1 - 0.99**n >= 0.975 from 368 on
    assert math.ceil(math.log(0.025) / math.log(0.99)) == 368
    assert order_statistic_ranks(367, 0.99) is None
    assert order_statistic_ranks(368, 0.99) == (360, 368)


@given(n=st.integers(1, 60), q=st.floats(0.05, 0.95), level=st.sampled_from([0.8, 0.9, 0.95]))
def test_ranks_enclose_the_quantile_as_often_as_stated_and_no_narrower_pair_does(n: int, q: float, level: float) -> None:
    chances = [math.comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    found = order_statistic_ranks(n, q, level=level)
    tail = (1 - level) / 2
    if found is None:
        assert chances[0] > tail or chances[n] > tail
        return
    low, high = found
    assert sum(chances[:low]) <= tail + 1e-9  # fewer than `low` values below: the quantile lies under the value at `low`
    assert sum(chances[high:]) <= tail + 1e-9
    assert sum(chances[: low + 1]) > tail - 1e-9
    assert sum(chances[high - 1 :]) > tail - 1e-9


def test_ranks_of_many_are_near_the_normal_approximation() -> None:
    n, q = 10_000_000, 0.95
    ranks, levels = order_statistic_ranks(n, q), quantile_levels(n, q)
    assert ranks is not None
    assert levels is not None
    assert [rank / n for rank in ranks] == pytest.approx(levels, abs=1e-6)


@pytest.mark.parametrize(
    ("p", "freedom", "quantile"),
    # the tables of any textbook
    [
        *((0.975, 1, 12.7062), (0.975, 2, 4.3027), (0.975, 3, 3.1824), (0.975, 5, 2.5706), (0.975, 10, 2.2281)),
        *((0.95, 30, 1.6973), (0.995, 4, 4.6041), (0.975, 1000, 1.9623), (0.025, 10, -2.2281)),
    ],
)  # fmt: skip
def test_students_t_is_the_tables(p: float, freedom: float, quantile: float) -> None:
    assert student_t(p, freedom) == pytest.approx(quantile, abs=2e-3)


def test_the_difference_of_proportions_is_newcombes() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 873-890, example (a), method 10: 56/70 against 48/80, Wilson's intervals
    wilson_a, wilson_b = (0.6921, 0.8760), (0.4900, 0.7004)
    low, high = difference_interval(48 / 80, wilson_b, 56 / 70, wilson_a)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=0.002)


def test_intervals_of_differences_hold_as_often_as_they_say() -> None:
    """Log-normal latencies, the other side a fifth slower: 95 % intervals of the differences of quantiles and means, over 2,000 draws."""
    draws, n, m = np.random.default_rng(5), 800, 600
    truth = {q: (1.2 - 1) * math.exp(7 + 0.8 * z) for q, z in ((0.5, 0.0), (0.95, 1.6448536))}
    mean_truth = 0.2 * math.exp(7 + 0.32)
    held = dict.fromkeys([0.5, 0.95, -1.0], 0)
    for _ in range(2_000):
        a, b = np.sort(draws.lognormal(7, 0.8, n)), np.sort(1.2 * draws.lognormal(7, 0.8, m))
        for q, difference in truth.items():
            around = []
            for values in (a, b):
                ranks = order_statistic_ranks(len(values), q)
                assert ranks is not None
                around.append((float(values[ranks[0] - 1]), float(values[ranks[1] - 1])))
            low, high = difference_interval(float(np.quantile(a, q)), around[0], float(np.quantile(b, q)), around[1])
            held[q] += low <= difference <= high
        found = mean_interval(a.mean(), a.var(ddof=1), n, b.mean(), b.var(ddof=1), m)
        assert found is not None
        held[-1.0] += found[0] <= mean_truth <= found[1]
    rates = {q: count / 2_000 for q, count in held.items()}
    print("\ncoverage", rates)
    assert all(0.935 <= rate <= 0.975 for rate in rates.values()), rates


def test_what_is_no_quantile_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        order_statistic_ranks(10, 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        student_t(1.0, 3)
    assert mean_interval(1, 1, 1, 2, 1, 5) is None
