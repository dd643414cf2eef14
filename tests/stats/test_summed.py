"""Sums instead of rows: the same answers as from the rows, on recorded verdicts."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sightline.stats.calibration import calibrate
from sightline.stats.intervals import Array
from sightline.stats.means import Judged, corrected_mean, inverse_mean
from sightline.stats.summed import JudgedSums, Labels, calibrate_sums, lending_rates, period_rates, segment_rates
from tests.stats.recorded import column, rows_of


@dataclass
class Recorded:
    """Judge's and people's verdicts on the same units, and whose answers they were."""

    judge: Array
    human: Array
    names: list[str]
    at: np.ndarray[tuple[int], np.dtype[np.int64]]


@pytest.fixture(scope="module")
def recorded(shared: Path) -> Recorded:
    rows = rows_of(shared, "judge_triviaqa_binary")
    names, at = np.unique([row["exam_taker"] for row in rows], return_inverse=True)
    return Recorded(column(rows, "Llama3-8B"), column(rows, "human"), names.tolist(), at.astype(np.int64))


def sums(judge: Array, at: np.ndarray[tuple[int], np.dtype[np.int64]], count: int, *, rates: bool = True) -> JudgedSums:
    """Sums of shape (segments, verdicts), every unit of weight 1."""
    width = 2 if rates else 1
    cell = at * width + (judge.astype(np.int64) if rates else 0)
    of = [np.bincount(cell, weights, count * width).reshape(count, width) for weights in (None, None, None, judge, judge**2)]
    return JudgedSums(*(part.astype(np.float64) for part in of))


def labels_of(recorded: Recorded, chosen: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Labels:
    judge = recorded.judge[chosen]
    ones = np.ones(chosen.size)
    return Labels(judge, recorded.human[chosen], ones, judge.astype(np.int64), np.arange(chosen.size), recorded.at[chosen])


def test_sums_say_what_rows_say(recorded: Recorded) -> None:
    chosen = np.sort(np.random.default_rng(5).choice(recorded.human.size, 200, replace=False))
    human = np.full(recorded.human.size, np.nan)
    human[chosen] = recorded.human[chosen]
    rows = calibrate(recorded.judge, human, segments=[recorded.names[i] for i in recorded.at])
    found = calibrate_sums(sums(recorded.judge, recorded.at, len(recorded.names)), labels_of(recorded, chosen), recorded.names, rates=True)
    assert (found.judged, found.labelled, found.kind) == (rows.judged, 200, "binary")
    assert found.raw == pytest.approx(rows.raw)
    assert found.corrected == rows.corrected
    assert found.labels_only == rows.labels_only
    assert found.rogan_gladen == rows.rogan_gladen
    assert found.against_people == rows.against_people
    assert found.fitness == rows.fitness
    assert found.labels_to_halve == rows.labels_to_halve
    for ours, theirs in zip(found.segments, rows.segments, strict=True):
        assert (ours.name, ours.judged, ours.labelled, ours.bias) == (theirs.name, theirs.judged, theirs.labelled, theirs.bias)
        assert ours.corrected.value == pytest.approx(theirs.corrected.value)
        assert ours.corrected.width == pytest.approx(theirs.corrected.width, rel=0.05)  # other draws of the same distribution


def test_two_ratings_of_a_unit_are_not_two_units(recorded: Recorded) -> None:
    chosen = np.arange(0, 1464, 10)
    once = labels_of(recorded, chosen)
    twice = Labels(*(np.concatenate([getattr(once, name)] * 2) for name in Labels.__slots__))
    judged = sums(recorded.judge, recorded.at, len(recorded.names))
    one, two = (calibrate_sums(judged, labels, recorded.names, rates=True) for labels in (once, twice))
    assert two.labelled == one.labelled
    assert two.corrected.value == pytest.approx(one.corrected.value)
    assert two.corrected.width >= 0.97 * one.corrected.width


def test_segments_that_lend_each_other_labels_are_surer(recorded: Recorded) -> None:
    chosen = np.sort(np.random.default_rng(6).choice(recorded.human.size, 120, replace=False))
    judged, labels = sums(recorded.judge, recorded.at, len(recorded.names)), labels_of(recorded, chosen)
    alone, lent = segment_rates(judged, labels), lending_rates(judged, labels)
    assert (lent.high - lent.low).mean() < 0.9 * (alone.high - alone.low).mean()
    truth = np.bincount(recorded.at, recorded.human) / np.bincount(recorded.at)
    assert ((lent.low <= truth) & (truth <= lent.high)).mean() >= 0.8


def test_without_labels_there_is_only_the_judge(recorded: Recorded) -> None:
    nothing = labels_of(recorded, np.array([], dtype=np.int64))
    found = calibrate_sums(sums(recorded.judge, recorded.at, len(recorded.names)), nothing, recorded.names, rates=True)
    assert found.raw == pytest.approx(recorded.judge.mean())
    assert np.isnan(found.corrected.value)
    assert (found.corrected.low, found.corrected.high) == (0, 1)
    assert found.fitness.verdict == "weak"
    assert found.warnings == ("Nobody has labelled anything: nothing can be corrected.",)


def test_a_mean_of_sums_is_the_mean_of_rows() -> None:
    random = np.random.default_rng(8)
    human = random.integers(1, 6, 600).astype(float)
    judge = np.clip(human + random.normal(0.4, 0.8, 600).round(), 1, 5)
    seen = np.arange(600) % 5 == 0
    rows = corrected_mean(np.where(seen, human, np.nan), judge, population=np.inf)
    ones = np.ones(600)
    judged = Judged.from_sums(ones.sum(), ones.sum(), judge.sum(), (judge**2).sum())
    found = corrected_mean(human[seen], judge[seen], judged=Judged(judged.mean, judged.variance * 600 / 599, judged.size, np.inf))
    assert found.mean.value == pytest.approx(rows.mean.value)
    assert found.mean.width == pytest.approx(rows.mean.width)
    assert (found.slope, found.width_ratio, found.labelled) == pytest.approx((rows.slope, rows.width_ratio, rows.labelled))
    turned, ours = inverse_mean(np.where(seen, human, np.nan), judge), inverse_mean(human[seen], judge[seen], judged=judged)
    assert turned is not None
    assert ours is not None
    assert (ours.value, ours.low, ours.high) == pytest.approx((turned.value, turned.low, turned.high))


def test_scores_are_calibrated_from_sums() -> None:
    random = np.random.default_rng(9)
    human = random.integers(1, 6, 400).astype(float)
    judge = np.clip(human + random.normal(0.6, 0.6, 400).round(), 1, 5)
    at = np.arange(400) % 2
    chosen = np.arange(0, 400, 4) + np.arange(100) % 2
    labels = Labels(judge[chosen], human[chosen], np.ones(100), np.zeros(100, dtype=np.int64), np.arange(100), at[chosen])
    found = calibrate_sums(sums(judge, at, 2, rates=False), labels, ["a", "b"], rates=False)
    assert found.kind == "score"
    assert found.corrected.holds(float(human.mean()))
    assert abs(found.corrected.value - human.mean()) < abs(found.raw - human.mean())
    assert found.against_people.measure == "weighted kappa"
    assert [segment.judged for segment in found.segments] == [200, 200]
    assert all(segment.bias is not None and segment.bias.bias.value > 0 for segment in found.segments)


@pytest.mark.parametrize(("labels", "fall", "least"), [(25, 0.0, 0.88), (140, 0.0, 0.92), (140, 0.15, 0.9)])
def test_periods_are_covered_also_when_people_s_rate_falls(labels: int, fall: float, least: float) -> None:
    random = np.random.default_rng(3)
    periods, units, covered, width = 14, 2_000, 0.0, 0.0
    for seed in range(25):
        when = random.random(units) * periods
        at = when.astype(np.int64)
        human = (random.random(units) < 0.85 - fall * (when > 0.7 * periods)).astype(float)
        judge = np.where(human == 1, random.random(units) < 0.93, random.random(units) > 0.7).astype(float)
        chosen = np.sort(random.choice(units, labels, replace=False))
        known = Labels(judge[chosen], human[chosen], np.full(labels, 5.0), judge[chosen].astype(np.int64), np.arange(labels), at[chosen])
        found = period_rates(sums(judge, at, periods), known, np.arange(periods), when[chosen], seed=seed)
        truth = np.bincount(at, human) / np.bincount(at)
        covered += float(((found.low <= truth) & (truth <= found.high)).mean()) / 25
        width += float((found.high - found.low).mean()) / 25
    assert covered >= least
    assert width < 0.35
