"""Corrected means: what they are by arithmetic, and how often their intervals hold."""

from pathlib import Path

import numpy as np
import pytest

from sightline.stats.intervals import Array
from sightline.stats.means import corrected_mean, correlation, labels_only_mean
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


def better_cells(rows: list[dict[str, str]], judge: str, labels: int) -> Array:
    """By (system, quality): whether the corrected mean is nearer to the experts' than the judge's own, on average over redraws."""
    found = []
    for quality in sorted({row["dimension"] for row in rows}):
        own = [row for row in rows if row["dimension"] == quality and row[judge]]
        names = sorted({row["system"] for row in own})
        at = np.array([names.index(row["system"]) for row in own])
        _, parts = redraw(
            column(own, judge),
            column(own, "expert_mean"),
            labels=min(labels, len(own)),
            repeat=20,
            segments=at,
            count=len(names),
            seed=labels,
        )
        found += [part.mean_error < part.raw_error for part in parts]
    return np.array(found)


def test_correlation_by_hand() -> None:
    assert correlation([1, 2, 3, 4], [2, 4, 6, 8]).value == pytest.approx(1)
    assert correlation([1, 2, 3, 4], [1, -1, -1, 1]).value == pytest.approx(0)
    assert np.isnan(correlation([1, 1, 1], [1, 2, 3]).value)
