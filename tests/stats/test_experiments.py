"""Two runs compared item by item."""

import numpy as np
import pytest

from sightline.stats.experiments import compare_means, compare_rates, gate, items_to_pass, sample_ratio_p_value

UNKNOWN = np.nan


def test_mcnemar_by_hand() -> None:
    """Of ten items that differ nine are better: 2·(1 + 10)/2¹⁰."""
    found = compare_rates([0] * 9 + [1] + [1] * 20, [1] * 9 + [0] + [1] * 20)
    assert found.p_value == pytest.approx(22 / 1024)
    assert found.difference.value == pytest.approx(8 / 30)
    assert (found.better, found.worse, found.same) == (9, 1, 20)


def test_agresti_and_mins_interval_by_hand() -> None:
    """1,600 answers to one question twice (Agresti 2002, table 10.1): 794, 150, 86, 570; the difference is (86 − 150)/1600 = −0.04."""
    first = [1] * 944 + [0] * 656
    second = [1] * 794 + [0] * 150 + [1] * 86 + [0] * 570
    found = compare_rates(first, second).difference
    assert (found.value, found.low, found.high) == pytest.approx((-0.04, -0.0587, -0.0213), abs=2e-4)


def test_items_without_a_verdict_in_both_are_left_out() -> None:
    assert compare_rates([1, UNKNOWN, 0], [1, 1, UNKNOWN]).items == 1
    assert compare_rates([], []).items == 0
    assert compare_means([1.0, UNKNOWN], [2.0, 1.0]).items == 1


def test_students_own_example() -> None:
    """Student (1908): hours of sleep gained by ten patients with two drugs; difference 1.58, t = 4.06, p = 0.0028 by t."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = compare_means(first, second)
    assert found.difference.value == pytest.approx(1.58)
    assert found.difference.low <= 0.701  # t alone: 0.700 to 2.460
    assert found.difference.high >= 2.46
    assert found.p_value == pytest.approx(4 / 1024)  # nine differences of one sign and a zero: 2 of 2⁹ flips


def test_repeats_of_an_item_are_one_observation() -> None:
    """Ten copies of each of 40 items say no more than the items."""
    random = np.random.default_rng(1)
    first, second = random.normal(0, 1, 40), random.normal(0.3, 1, 40)
    once = compare_means(first, second)
    copies = compare_means(np.repeat(first, 10), np.repeat(second, 10), items=np.repeat(np.arange(40), 10))
    assert copies == once


@pytest.mark.parametrize("items", [12, 40, 200])
@pytest.mark.parametrize("kind", ["normal", "skewed", "rare"])
def test_intervals_of_differences_cover(items: int, kind: str) -> None:
    """400 experiments each; the skewed ones are hard on few items: 0.90 is asked there, three standard errors below 0.95 elsewhere."""
    random = np.random.default_rng(items)
    held = []
    for _ in range(400):
        if kind == "normal":
            apart, truth = random.normal(0.2, 1, items), 0.2
        elif kind == "skewed":
            apart, truth = random.exponential(1, items) - 0.5, 0.5
        else:
            apart, truth = random.binomial(1, 0.3, items).astype(float) - random.binomial(1, 0.2, items), 0.1
        held.append(compare_means(np.zeros(items), apart, draws=400).difference.holds(truth))
    print(f"{items} items, {kind}: covered {np.mean(held):.3f}")
    assert np.mean(held) >= (0.90 if kind != "normal" and items < 40 else 0.95 - 3 * (0.95 * 0.05 / 400) ** 0.5)


def test_intervals_of_paired_rates_cover() -> None:
    random = np.random.default_rng(7)
    for items in (20, 50, 200):
        held = []
        for _ in range(500):
            first = random.random(items) < 0.8
            second = np.where(random.random(items) < 0.1, ~first, first)
            held.append(compare_rates(first.astype(float), second.astype(float)).difference.holds(0.1 * 0.2 - 0.1 * 0.8))
        print(f"{items} items: covered {np.mean(held):.3f}")
        assert np.mean(held) >= 0.93


@pytest.mark.parametrize(
    ("better", "worse", "margin", "said"),
    [(0, 40, 0.05, "failed"), (5, 5, 0.05, "passed"), (0, 3, 0.0, "not enough data"), (40, 0, 0.0, "passed")],
)
def test_the_gate(better: int, worse: int, margin: float, said: str) -> None:
    items = 400
    first = np.array([0.0] * better + [1.0] * (items - better))
    second = np.array([1.0] * better + [0.0] * worse + [1.0] * (items - better - worse))
    assert gate(compare_rates(first, second), margin=margin) == said


def test_the_gate_says_how_many_items_would_do() -> None:
    found = compare_rates([1] * 45 + [1] * 3 + [0] * 2, [1] * 45 + [0] * 3 + [1] * 2)
    assert gate(found, margin=0.05) == "not enough data"
    wanted = items_to_pass(found, margin=0.05)
    assert wanted is not None
    times = -(-wanted // 50)
    again = compare_rates(([1] * 45 + [1] * 3 + [0] * 2) * times, ([1] * 45 + [0] * 3 + [1] * 2) * times)
    assert gate(again, margin=0.05) == "passed"
    with pytest.raises(ValueError, match="0 or more"):
        gate(found, margin=-0.1)


def test_scores_are_no_rates() -> None:
    with pytest.raises(ValueError, match="compare_means takes any scores"):
        compare_rates([0.5], [1])


def test_sample_ratio() -> None:
    assert sample_ratio_p_value(5_000, 5_000) == 1
    assert sample_ratio_p_value(5_000, 5_400) < 1e-3
    assert sample_ratio_p_value(0, 0) == 1


def test_two_runs_alike_to_the_last_digit_need_no_more_items() -> None:
    same = compare_means(np.full(40, 0.25), np.full(40, 0.25))
    assert gate(same, margin=0) == "passed"
    assert items_to_pass(same, margin=0) == 40
