"""Whether traffic has moved away from the labels."""

import numpy as np
import pytest

from sightline.stats.shift import labels_too_old, shift


def test_the_same_mixture_has_not_moved() -> None:
    """200 samples of 100 labels from the traffic itself, over 40 uneven cells: a p of 0.05 or less in about 5 %, and no warning in 198."""
    random = np.random.default_rng(1)
    shares = random.dirichlet(np.full(40, 0.7))
    found = [shift(random.multinomial(100, shares), random.multinomial(2_000, shares), draws=400) for _ in range(200)]
    small = np.mean([one.p_value <= 0.05 for one in found])
    print(f"p ≤ 0.05 in {small:.3f}, moved in {np.mean([one.moved for one in found]):.3f}")
    assert small <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5
    assert sum(one.moved for one in found) <= 2 + 4


def test_another_mixture_has_moved() -> None:
    found = shift([80, 20], [500, 500])
    assert found.moved
    assert found.distance == pytest.approx(0.3)


def test_cells_without_labels_are_counted_by_their_traffic() -> None:
    found = shift([50, 50, 0], [300, 300, 400])
    assert found.uncovered == pytest.approx(0.4)
    assert found.moved


def test_a_difference_that_is_only_significant_is_no_warning() -> None:
    found = shift([5_200, 4_800], [500_000, 500_000])
    assert found.p_value < 0.01
    assert not found.moved


def test_labels_drawn_by_verdict_have_not_moved() -> None:
    """Ten times as many labels of failed units; within each verdict the cells are as in the traffic."""
    assert not shift([[10, 10], [50, 150]], [[1_000, 1_000], [500, 1_500]]).moved
    assert shift([10 + 50, 10 + 150], [1_500, 2_500]).distance > 0.09


def test_no_labels_cover_nothing() -> None:
    assert shift([0, 0], [5, 5]).moved
    assert not shift([5, 5], [0, 0]).moved


@pytest.mark.parametrize(("labelled", "judged"), [([1, 2], [1]), ([-1, 2], [1, 1])])
def test_counts_that_cannot_be_are_refused(labelled: list[int], judged: list[int]) -> None:
    with pytest.raises(ValueError, match="one shape"):
        shift(labelled, judged)


@pytest.mark.parametrize(("newest_label", "told"), [(30, False), (31, True)])
def test_old_labels_are_told(newest_label: int, told: bool) -> None:
    found = labels_too_old([0, 1, newest_label, 90], [False, False, True, True], [True] * 4)
    assert (found is not None) == told
    if found:
        assert "31 days behind" in found
