"""Wilson's interval against published values and its own properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.stats.proportions import effective_size, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, table I, method 3
        pytest.param(81, 263, 0.2553, 0.3662, id="81_of_263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15_of_148"),
        pytest.param(0, 20, 0.0, 0.1611, id="0_of_20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1_of_29"),
    ],
)
def test_published_intervals(successes: float, trials: float, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(trials=st.integers(1, 10**6), share=st.floats(0, 1), level=st.floats(0.5, 0.999))
def test_the_share_lies_within_and_the_mirror_is_the_complement(trials: int, share: float, level: float) -> None:
    successes = share * trials
    found, mirrored = wilson(successes, trials, level=level), wilson(trials - successes, trials, level=level)
    assert found is not None
    assert mirrored is not None
    assert 0 <= found[0] <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= found[1] <= 1
    assert mirrored == pytest.approx((1 - found[1], 1 - found[0]), abs=1e-9)


@given(trials=st.integers(1, 1000), more=st.integers(2, 50))
def test_more_cases_of_the_same_share_say_more(trials: int, more: int) -> None:
    few, many = wilson(trials / 2, trials), wilson(trials * more / 2, trials * more)
    assert few is not None
    assert many is not None
    assert many[1] - many[0] < few[1] - few[0]


def test_nothing_tried_says_nothing() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("successes", "trials", "level"), [(2, 1, 0.95), (-1, 1, 0.95), (1, 1, 0.0), (1, 1, 1.0)])
def test_what_cannot_be_is_refused(successes: float, trials: float, level: float) -> None:
    with pytest.raises(ValueError):
        wilson(successes, trials, level=level)


def test_equal_weights_count_their_rows() -> None:
    assert effective_size(8.0, 4 * 2.0**2) == 4
    assert effective_size(0.0, 0.0) == 0
    # one row of weight 9 and nine of 1 know less than ten rows
    assert effective_size(18.0, 81.0 + 9.0) == pytest.approx(3.6)
