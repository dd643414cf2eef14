"""Which units to label next, with which probability."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sightline.stats.intervals import Array
from sightline.stats.labelling import CORE, draw_labels, label_probabilities, neyman, solve_labels
from sightline.stats.means import corrected_mean

interests = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1e6))


@given(interests, st.floats(0.01, 1))
@settings(max_examples=60)
def test_the_probabilities_add_up_and_the_core_reaches_everyone(interest: Array, part: float) -> None:
    labels = max(1, int(part * interest.size))
    p = label_probabilities(interest, labels)
    assert p.sum() == pytest.approx(labels)
    assert (p <= 1 + 1e-12).all()
    assert (p >= min(CORE * labels / interest.size, 1) * (1 - 1e-9)).all()


@given(interests, st.integers(0, 99))
@settings(max_examples=40)
def test_just_as_many_are_drawn_as_were_wanted(interest: Array, seed: int) -> None:
    labels = max(1, interest.size // 2)
    drawn = draw_labels(label_probabilities(interest, labels), seed=seed)
    assert drawn.size == labels
    assert np.unique(drawn).size == labels


def test_each_is_drawn_as_often_as_was_said() -> None:
    p = label_probabilities(np.array([0.0, 1, 2, 3, 10, 0, 0, 1]), 3)
    often = np.zeros(8)
    for seed in range(4_000):
        often[draw_labels(p, seed=seed).astype(int)] += 1
    assert often / 4_000 == pytest.approx(p, abs=4 * 0.5 / 4_000**0.5)


def test_labels_drawn_by_interest_and_weighed_back_cover() -> None:
    """Judged uncertain units three times as often: 300 redraws, three standard errors."""
    random = np.random.default_rng(2)
    people = random.normal(0, 1, 1_500)
    unsure = random.random(1_500) < 0.2
    judge = people + random.normal(0, np.where(unsure, 2.0, 0.3))
    p = label_probabilities(np.where(unsure, 1.0, 0.1), 120)
    held = []
    for seed in range(300):
        seen = np.full(1_500, np.nan)
        chosen = draw_labels(p, seed=seed).astype(int)
        seen[chosen] = people[chosen]
        held.append(corrected_mean(seen, judge, label_weights=1 / p).mean.holds(float(people.mean())))
    print(f"importance-weighted labels: covered {np.mean(held):.3f}")
    assert np.mean(held) >= 0.95 - 3 * (0.95 * 0.05 / 300) ** 0.5


def test_neyman_by_hand() -> None:
    """Shares 0.8 and 0.2, rates 0.9 and 0.5: 0.8·0.3 = 0.24 against 0.2·0.5 = 0.1; 30 % of it uniform."""
    assert neyman([0.8, 0.2], [0.9, 0.5]) == pytest.approx([0.3 * 0.8 + 0.7 * 0.24 / 0.34, 0.3 * 0.2 + 0.7 * 0.1 / 0.34])


def test_half_the_width_takes_four_times_the_labels_unless_something_else_is_left() -> None:
    assert solve_labels(1.0, 0.0, 100, 0.5) == 400
    assert solve_labels(1.0, 0.002, 100, 0.5) == 1_000  # 1/n + 0.002 = (0.01 + 0.002)/4
    assert solve_labels(1.0, 0.01, 100, 0.5) is None


@pytest.mark.parametrize(
    ("interest", "labels", "core", "right"),
    [([1, 2], 3, 0.3, "1 … 2"), ([1, -1], 1, 0.3, "not negative"), ([1, 1], 1, 0.0, "Without a core"), ([1, np.inf], 1, 0.3, "finite")],
)
def test_what_cannot_be_drawn_is_refused(interest: list[float], labels: int, core: float, right: str) -> None:
    with pytest.raises(ValueError, match=right):
        label_probabilities(interest, labels, core=core)
