"""Corrected means: what they are by arithmetic, and how often their intervals hold."""

from pathlib import Path

import numpy as np
import pytest

from sightline.stats.means import corrected_mean, correlation, inverse_mean, labels_only_mean, segment_means
from sightline.stats.redraws import redraw
from tests.stats.recorded import column, rows_of

UNKNOWN = np.nan


def test_a_judge_that_is_off_by_a_constant_is_put_right_exactly() -> None:
    people = np.arange(40) % 7.0
    found = corrected_mean(np.where(np.arange(40) < 20, people, UNKNOWN), people + 3)
    assert found.mean.value == pytest.approx(people.mean())
    assert found.slope == pytest.approx(1)
    assert found.mean.width == pytest.approx(0, abs=1e-9)


def test_a_judge_on_another_scale_is_followed_on_its_own() -> None:
    people = np.arange(40) % 7.0
    found = corrected_mean(np.where(np.arange(40) < 20, people, UNKNOWN), people / 100)
    assert found.mean.value == pytest.approx(people.mean())
    assert found.slope == pytest.approx(100)


def test_a_judge_that_says_nothing_is_left_out() -> None:
    people = np.array([1.0, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    assert corrected_mean(people, np.ones(10)).slope == 0
    assert corrected_mean(people, np.ones(10)).mean == labels_only_mean(people)


def test_labels_alone_by_hand() -> None:
    """2, 4, 6: mean 4, standard deviation 2; t with 2 degrees 4.3027; half 4.3027·2/√3."""
    found = labels_only_mean([2, 4, 6])
    assert (found.low, found.high) == pytest.approx((4 - 4.3027 * 2 / 3**0.5, 4 + 4.3027 * 2 / 3**0.5), abs=1e-3)


@pytest.mark.parametrize("labels", [0, 1])
def test_one_label_bounds_nothing(labels: int) -> None:
    found = corrected_mean(np.where(np.arange(9) < labels, 1.0, UNKNOWN), np.ones(9), bounds=(1, 5))
    assert np.isnan(found.mean.value)
    assert (found.mean.low, found.mean.high) == (1, 5)


def test_equal_scores_leave_open_how_far_the_rest_may_lie() -> None:
    """Twenty labels, all 5, on a scale from 1: with 95 % at most 1 − 0.025^(1/20) of the rest is lower, by 4 at most."""
    found = labels_only_mean([5.0] * 20, bounds=(1, 5))
    assert (found.low, found.high) == pytest.approx((5 - 4 * (1 - 0.025 ** (1 / 20)), 5))
    assert labels_only_mean([5.0] * 20).low == -np.inf
    corrected = corrected_mean([5.0] * 20 + [UNKNOWN], np.arange(21.0), bounds=(1, 5)).mean
    assert corrected == found


def test_labels_drawn_by_interest_are_weighed_back() -> None:
    """Units that score low are labelled five times as often; without weights the mean would be off by far more than its interval."""
    random = np.random.default_rng(1)
    people = random.normal(3, 1, 4_000)
    judge = people + random.normal(0, 1, 4_000)
    p = np.where(judge < 3, 0.25, 0.05)
    seen = np.where(random.random(4_000) < p, people, UNKNOWN)
    found = corrected_mean(seen, judge, label_weights=1 / p)
    assert found.mean.holds(float(people.mean()))
    assert abs(labels_only_mean(seen[np.isfinite(seen)]).value - people.mean()) > 0.3


def covered(seed: int, labels: int, clusters: int | None, use: bool) -> bool:
    """One draw of 600 units in 60 clusters that share half of their variance."""
    random = np.random.default_rng(seed)
    group = np.arange(600) // 10
    base = random.normal(0, 0.7, 60)[group]
    people = base + random.normal(0, 0.7, 600)
    judge = people + random.normal(0, 0.7, 600)
    chosen = np.isin(group, random.permutation(60)[:clusters]) if clusters else np.isin(np.arange(600), random.permutation(600)[:labels])
    found = corrected_mean(np.where(chosen, people, UNKNOWN), judge, clusters=group if use else None, population=np.inf)
    return found.mean.holds(0.0)


def test_units_that_come_together_are_counted_together() -> None:
    """Labels on twelve whole clusters: by cluster the interval holds; taken for 120 single units it would not."""
    together = np.mean([covered(seed, 0, 12, use=True) for seed in range(400)])
    apart = np.mean([covered(seed, 0, 12, use=False) for seed in range(400)])
    print(f"by cluster {together:.3f}, as single units {apart:.3f}")
    assert together >= 0.92
    assert apart < together


@pytest.mark.parametrize("labels", [25, 50, 200])
def test_recorded_judges_of_relevance_are_covered(shared: Path, labels: int) -> None:
    rows = rows_of(shared, "judge_llmjudge_relevance")
    people = column(rows, "human")
    found = []
    for judge in list(rows[0])[3::6]:
        said = column(rows, judge)
        ok = np.isfinite(said)
        of, _ = redraw(said[ok], people[ok], labels=labels, repeat=150, seed=labels)
        found.append((of.coverage, of.width_ratio))
    coverage, ratio = np.array(found).T
    print(f"{labels} labels: least coverage {coverage.min():.3f}, mean {coverage.mean():.3f}; width {ratio.min():.3f} to {ratio.max():.3f}")
    assert coverage.min() >= 0.95 - 4 * (0.95 * 0.05 / 150) ** 0.5
    assert coverage.mean() >= 0.93
    assert ratio.max() <= 1.03


def test_segments_are_each_put_right_by_their_own_labels() -> None:
    """The judge is one too kind to the first segment and one too harsh to the second."""
    random = np.random.default_rng(6)
    people = random.normal(3, 1, 400)
    at = np.arange(400) % 2
    judge = people + np.where(at == 0, 1, -1) + random.normal(0, 0.3, 400)
    found = segment_means(np.where(np.arange(400) < 60, people, UNKNOWN), judge, at, count=3)
    for i in (0, 1):
        assert found[i].holds(float(people[at == i].mean()))
        assert found[i].width < 0.5
    assert np.isnan(found[2].value)


def test_a_few_equal_scores_are_no_certainty() -> None:
    """Five labels, all 5, in a segment; the other segments vary."""
    people = np.concatenate([np.full(5, 5.0), np.arange(60) % 5 + 1.0])
    at = np.array([0] * 5 + [1] * 60)
    found = segment_means(people, np.random.default_rng(1).normal(0, 1, 65), at, count=2)
    assert found[0].value == pytest.approx(5, abs=0.5)
    assert found[0].width > 0.5


def test_the_other_way_round_by_hand() -> None:
    """The judge is 2·people + 1 on the labelled; on the rest it says 9 on average: people would say 4."""
    people = np.array([1.0, 2, 3, 4, 5] * 4 + [UNKNOWN] * 10)
    judge = np.concatenate([2 * people[:20] + 1, np.full(10, 9.0)])
    found = inverse_mean(people, judge, counted=np.isnan(people))
    assert found is not None
    assert found.value == pytest.approx(4)


def test_a_judge_near_chance_is_not_turned_round() -> None:
    random = np.random.default_rng(3)
    assert inverse_mean(random.normal(0, 1, 200), random.normal(0, 1, 200)) is None


def test_recorded_judges_of_summaries_are_better_corrected(shared: Path) -> None:
    """By system and quality, about 20 labels a cell: the corrected mean is nearer to the experts' than the judge's own in 90 %."""
    rows = rows_of(shared, "judge_summeval_ordinal", "scores")
    better, covered = [], []
    for judge in [name for name in rows[0] if ":" in name]:
        for quality in sorted({row["dimension"] for row in rows}):
            own = [row for row in rows if row["dimension"] == quality and row[judge]]
            if len(own) < 480:
                continue
            at = np.unique([row["system"] for row in own], return_inverse=True)[1]
            _, parts = redraw(column(own, judge), column(own, "expert_mean"), labels=240, repeat=15, segments=at, count=12)
            better += [part.mean_error < part.raw_error for part in parts]
            covered += [part.coverage for part in parts]
    print(f"{np.mean(better):.3f} of {len(better)} cells are better; covered {np.mean(covered):.3f}")
    assert len(better) >= 300
    assert np.mean(better) >= 0.9
    assert np.mean(covered) >= 0.93


def test_correlation_by_hand() -> None:
    assert correlation([1, 2, 3, 4], [2, 4, 6, 8]).value == pytest.approx(1)
    assert correlation([1, 2, 3, 4], [1, -1, -1, 1]).value == pytest.approx(0)
    assert np.isnan(correlation([1, 1, 1], [1, 2, 3]).value)
