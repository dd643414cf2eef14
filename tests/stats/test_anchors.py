"""Anchors: no alarm while the judge stays, an alarm soon after it changes, and who moved."""

from collections.abc import Sequence

import numpy as np
import pytest

from sightline.stats.anchors import anchor_test, baseline_tolerance, who_moved
from sightline.stats.intervals import Array


def noise(random: np.random.Generator, batches: int, per_batch: int, mean: float = 0.0) -> list[Array]:
    """Verdicts of a judge that tosses a coin on every anchor, less a baseline of ½: the noisiest there is."""
    return list(random.binomial(1, 0.5 + mean, (batches, per_batch)) - 0.5)


@pytest.mark.parametrize(("mean", "tolerance"), [(0.0, 0.0), (0.05, 0.05), (-0.05, 0.05)])
def test_false_alarms_stay_below_alpha_however_often_one_looks(mean: float, tolerance: float) -> None:
    """200 quiet streams of 100 batches, looked at after each, right at the border of what counts as no change; three standard errors."""
    random = np.random.default_rng(1)
    alarms = np.mean([anchor_test(noise(random, 100, 10, mean), alpha=0.1, tolerance=tolerance).alarm is not None for _ in range(200)])
    print(f"mean {mean:+.2f}, tolerance {tolerance}: {alarms:.3f} of the streams alarmed, 0.1 allowed")
    assert alarms <= 0.1 + 3 * (0.1 * 0.9 / 200) ** 0.5


@pytest.mark.parametrize(("begins", "most"), [(0, 12), (50, 25)])
@pytest.mark.parametrize("change", [0.25, -0.25])
def test_a_change_is_found_soon_whenever_it_comes(begins: int, most: int, change: float) -> None:
    random = np.random.default_rng(2)
    delays, errors = [], []
    for _ in range(60):
        found = anchor_test([*noise(random, begins, 20), *noise(random, 60, 20, change)])
        assert found.alarm is not None
        assert found.since is not None
        delays.append(found.alarm - begins)
        errors.append(abs(found.since - begins))
        assert np.sign(found.moved_by) == np.sign(change)
    print(f"from batch {begins}, {change:+}: {np.median(delays)} batches of 20 later (median)")
    assert np.median(delays) <= most
    assert np.median(errors) <= 3


def test_quiet_anchors_by_hand() -> None:
    """No difference at all: nothing is ever won, and what has not been staked stays."""
    found = anchor_test([np.zeros(5)] * 3, tolerance=0)
    assert found.evidence == pytest.approx([1, 1, 1])
    assert (found.alarm, found.since, found.moved_by, found.judged) == (None, None, 0.0, 15)


def test_evidence_by_hand() -> None:
    """One verdict, one up: half of the purse bets, on both sides alike with stakes that cancel; so ½ · mean(1 ± λ) + ½."""
    assert anchor_test([[1.0]], tolerance=0).evidence == pytest.approx([1.0])
    stakes = np.array([0.05, 0.1, 0.2, 0.4, 0.7])
    twice = (((1 + stakes) ** 2).mean() + ((1 - stakes) ** 2).mean()) / 2
    assert anchor_test([[1.0, 1.0]], tolerance=0).evidence == pytest.approx([0.5 * twice + 0.5])


def test_no_batches_say_nothing() -> None:
    found = anchor_test([])
    assert (found.evidence.size, found.alarm, found.judged) == (0, None, 0)


@pytest.mark.parametrize(
    ("batches", "alpha", "tolerance", "right"),
    [
        ([[2.0]], 0.05, 0.0, "batch 0 has 2.0"),
        ([[np.nan]], 0.05, 0.0, "batch 0 has nan"),
        ([[0.0]], 0.0, 0.0, "alpha"),
        ([[0.0]], 0.05, 1.0, "tolerance"),
    ],
)
def test_what_cannot_be_is_refused(batches: Sequence[Sequence[float]], alpha: float, tolerance: float, right: str) -> None:
    with pytest.raises(ValueError, match=right):
        anchor_test(batches, alpha=alpha, tolerance=tolerance)


def test_the_tolerance_covers_noisy_baselines() -> None:
    """150 anchors judged three times by a noisy judge that never changes, then for 150 batches: no alarm for the baselines' error."""
    random = np.random.default_rng(4)
    alarms = 0
    for _ in range(80):
        p = random.beta(0.5, 0.5, 150)
        judgings = random.binomial(1, p[:, None], (150, 3)).astype(float)
        baseline = judgings.mean(axis=1)
        chosen = random.integers(150, size=(150, 20))
        batches = list(random.binomial(1, p[chosen]) - baseline[chosen])
        alarms += anchor_test(batches, tolerance=baseline_tolerance(judgings)).alarm is not None
    assert alarms <= 80 * 0.05 + 3 * (80 * 0.05 * 0.95) ** 0.5
    assert baseline_tolerance(np.ones((100, 3))) == 0.02
    assert baseline_tolerance(np.ones((100, 1))) == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("main", "anchors", "now", "who"),
    [
        (None, None, 99, "none"),
        (10, None, 12, "waiting"),
        (10, None, 15, "system"),
        (10, 14, 14, "judge"),
        (10, 16, 20, "system"),
        (None, 3, 9, "judge"),
    ],
)
def test_who_moved(main: float | None, anchors: float | None, now: float, who: str) -> None:
    assert who_moved(main, anchors, now=now, guard=5) == who
