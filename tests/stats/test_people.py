"""How far people agree, and what that leaves for a judge."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from sightline.stats.agreement import cohen_kappa, confusion, krippendorff_interval
from sightline.stats.calibration import calibrate
from sightline.stats.intervals import Array
from sightline.stats.people import people_agreement

UNKNOWN = np.nan


def raters(items: int, people: int, right: float, seed: int) -> tuple[Array, Array]:
    """(truth, ratings): each person is right with that probability, by themselves."""
    random = np.random.default_rng(seed)
    truth = (random.random(items) < 0.5).astype(float)
    wrong = random.random((items, people)) > right
    return truth, np.where(wrong, 1 - truth[:, None], truth[:, None])


def test_two_people_by_hand() -> None:
    """Right with 0.9: they agree in 0.82, chance in 0.5: 0.64, and one agrees with the truth at 0.8 = √0.64."""
    truth, ratings = raters(40_000, 2, 0.9, 1)
    found = people_agreement(ratings)
    assert found.alpha.value == pytest.approx(0.64, abs=0.02)
    assert found.cohen == pytest.approx(0.64, abs=0.02)
    assert found.fleiss is not None
    assert found.fleiss.value == pytest.approx(0.64, abs=0.02)
    knowing = float(cohen_kappa(confusion(truth, ratings[:, 0], levels=2)))
    assert found.ceiling == pytest.approx(knowing, abs=0.02)


def test_gaps_are_no_disagreement() -> None:
    _, ratings = raters(300, 5, 1.0, 2)
    ratings[np.random.default_rng(3).random(ratings.shape) < 0.5] = UNKNOWN
    found = people_agreement(ratings)
    assert found.alpha.value == 1
    assert found.fleiss is None
    assert found.items < 300


@pytest.mark.parametrize("ratings", [np.full((4, 2), UNKNOWN), np.array([[1.0, UNKNOWN], [UNKNOWN, 0.0]]), np.empty((0, 2))])
def test_nobody_to_agree_with(ratings: Array) -> None:
    found = people_agreement(ratings)
    assert np.isnan(found.alpha.value)
    assert found.cohen is None
    assert found.items == 0


def test_the_verdict_is_read_beside_the_people() -> None:
    """A judge as good as the people who disagree with it is told apart from a rubric on which people don't agree."""
    truth, ratings = raters(500, 3, 0.85, 4)
    judge = np.where(np.random.default_rng(5).random(500) < 0.9, truth, 1 - truth)
    found = calibrate(judge, ratings[:, 0], ratings=ratings)
    assert found.people is not None
    assert "the judge about as well" in found.fitness.reason
    _, noise = raters(500, 3, 0.6, 6)
    assert "the rubric, not the judge" in calibrate(judge, noise[:, 0], ratings=noise).fitness.reason


def test_recorded_votes_on_safety(shared: Path) -> None:
    """70 people or so an item: one person's vote agrees with the mean of the others about as √alpha says."""
    with gzip.open(shared / "data" / "human_agreement_dices" / "votes.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == "990"]
    votes = [[{"Y": 1.0, "N": 0.0}.get(vote, UNKNOWN) for vote in row["votes"]] for row in rows]
    counts = np.array([[vote.count(0.0), vote.count(1.0)] for vote in votes])
    alpha = krippendorff_interval(counts, draws=200)
    random = np.random.default_rng(1)
    pairs = []
    for vote in votes:
        known = random.permutation([one for one in vote if np.isfinite(one)])
        pairs.append((known[0], float(known[1:].mean())))
    one, crowd = np.array(pairs).T
    agreed = float(np.corrcoef(one, crowd)[0, 1])
    print(f"alpha {alpha.value:.3f}: ceiling {alpha.value**0.5:.3f}; one vote with the mean of the others {agreed:.3f}")
    assert agreed == pytest.approx(alpha.value**0.5, abs=0.1)
