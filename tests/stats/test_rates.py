"""The corrected pass rate: what it is by arithmetic, and how often its interval holds, on made-up judges and on recorded ones."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from sightline.stats.intervals import Array
from sightline.stats.rates import Strata, corrected_rate, design_effect, labels_only_rate, rogan_gladen, strata
from sightline.stats.redraws import redraw

UNKNOWN = np.nan


def test_the_rate_is_that_of_each_verdict_weighted_by_how_often_it_falls() -> None:
    """Passed 3 of 4 labelled with verdict 1, 1 of 4 with verdict 0; the judge passes 80 of 100: 0.8·¾ + 0.2·¼."""
    of = Strata(np.array([1.0, 3.0]), np.array([4.0, 4.0]), np.array([0.2, 0.8]), np.asarray(100.0), np.asarray(100.0))
    found = corrected_rate(of).only()
    assert found.value == pytest.approx(0.65)
    assert found.low < 0.65 < found.high


def test_labels_drawn_by_verdict_change_nothing_but_the_width() -> None:
    """Ten labels of each verdict, though nine in ten units are of one."""
    verdicts = np.array([1] * 900 + [0] * 100)
    passed = np.full(1000, UNKNOWN)
    passed[:10], passed[-10:] = [1] * 8 + [0] * 2, [1] * 1 + [0] * 9
    assert corrected_rate(strata(verdicts, passed, levels=2)).only().value == pytest.approx(0.9 * 0.8 + 0.1 * 0.1)


def test_judged_units_that_stand_for_more_weigh_more() -> None:
    verdicts, passed = np.array([1, 1, 0, 0]), np.array([1.0, UNKNOWN, 0.0, UNKNOWN])
    of = strata(verdicts, passed, levels=2, weights=[3, 3, 1, 1])
    assert of.shares.tolist() == [0.25, 0.75]
    assert float(of.population) == 8
    assert float(of.judged) == pytest.approx(64 / 20)


def test_a_verdict_without_labels_is_anything_from_0_to_1() -> None:
    found = corrected_rate(strata([1] * 60 + [0] * 40, [1.0] * 60 + [UNKNOWN] * 40, levels=2)).only()
    assert found.low < 0.65
    assert found.high > 0.95


def test_nothing_labelled_is_nothing_known() -> None:
    found = corrected_rate(strata([1, 0], [UNKNOWN, UNKNOWN], levels=2)).only()
    assert np.isnan(found.value)
    assert (found.low, found.high) == (0, 1)


def test_a_part_that_was_judged_says_less_than_the_whole() -> None:
    verdicts, passed = np.tile([1, 1, 1, 0], 50), np.full(200, UNKNOWN)
    passed[:100] = verdicts[:100]
    widths = [corrected_rate(strata(verdicts, passed, levels=2, population=of)).only().width for of in (200, 2_000, np.inf)]
    assert widths[0] < widths[1] < widths[2]


def test_many_at_once_are_each_as_alone() -> None:
    random = np.random.default_rng(1)
    labelled = random.integers(0, 30, (7, 2)).astype(float)
    passed = np.floor(labelled * random.random((7, 2)))
    shares = np.tile([0.3, 0.7], (7, 1))
    many = corrected_rate(Strata(passed, labelled, shares, np.full(7, 500.0), np.full(7, 500.0)), draws=20_000)
    for i in range(7):
        one = corrected_rate(Strata(passed[i], labelled[i], shares[i], np.asarray(500.0), np.asarray(500.0)), draws=20_000).only()
        assert (one.low, one.high) == pytest.approx((float(many.low[i]), float(many.high[i])), abs=0.01)


@pytest.mark.parametrize(
    ("passed", "labelled", "message"),
    [([1, 2], [1, 1], "between 0 and labelled"), ([-1, 0], [1, 1], "between 0 and labelled"), ([1], [1, 1], "one shape")],
)
def test_counts_that_cannot_be_are_refused(passed: list[int], labelled: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Strata(np.array(passed, float), np.array(labelled, float), np.array([0.5, 0.5]), np.asarray(9.0), np.asarray(9.0))


def test_verdicts_outside_the_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="0 … 1"):
        strata([0, 2], [1, 1], levels=2)


def cells(rate: float, sensitivity: float, specificity: float, units: int) -> Array:
    """Units by (verdict, person's): fail-fail, fail-pass, pass-fail, pass-pass."""
    shares = [(1 - rate) * specificity, rate * (1 - sensitivity), (1 - rate) * (1 - specificity), rate * sensitivity]
    return np.round(np.array(shares) * units)


@pytest.mark.parametrize("labels", [25, 50])
def test_it_covers_for_judges_of_every_kind(labels: int) -> None:
    """35 made-up judges and rates, near 0 and 1 too. 600 draws each: a true 0.95 falls below 0.91 about once in 20,000 cells."""
    found = []
    for rate in (0.5, 0.7, 0.85, 0.93, 0.97):
        for sensitivity, specificity in ((0.99, 0.99), (0.95, 0.95), (0.99, 0.6), (0.9, 0.8), (0.7, 0.7), (0.95, 0.3), (0.6, 0.97)):
            of = cells(rate, sensitivity, specificity, 20_000)
            drawn = np.random.default_rng(labels).multivariate_hypergeometric(of.astype(int), labels, size=600, method="marginals")
            table = drawn.reshape(-1, 2, 2).astype(float)
            shares = np.broadcast_to(of.reshape(2, 2).sum(axis=1) / of.sum(), (600, 2))
            units = np.asarray(of.sum())
            rates = corrected_rate(Strata(table[..., 1], table.sum(axis=-1), shares, units, units), draws=400)
            truth = (of[1] + of[3]) / units
            alone = labels_only_rate(table[..., 1].sum(axis=-1), labels)
            found.append(
                (np.mean((rates.low <= truth) & (truth <= rates.high)), np.mean(rates.high - rates.low) / np.mean(alone.high - alone.low))
            )
    covered, ratios = np.array(found).T
    print(
        f"{labels} labels: least coverage {covered.min():.3f}, mean {covered.mean():.3f};"
        f" at most {ratios.max():.3f} as wide as labels alone"
    )
    assert covered.min() >= 0.91
    assert covered.mean() >= 0.945
    assert ratios.max() <= 1.0


@pytest.mark.parametrize(("labels", "least"), [(50, 0.92), (200, 0.93)])
def test_recorded_judges_of_answers(shared: Path, labels: int, least: float) -> None:
    """Nine judges, fewer redraws than `bench/calibration.py`, which shows the full run: three standard errors of 500 are allowed for."""
    with gzip.open(shared / "data" / "judge_triviaqa_binary" / "verdicts.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    human = np.array([float(row["human"]) for row in rows])
    judges = [name for name in rows[0] if name not in ("item_id", "exam_taker", "human", "response_chars")]
    assert len(judges) == 9
    ratios = {}
    for judge in judges:
        found, _ = redraw([float(row[judge]) for row in rows], human, labels=labels, repeat=500, seed=labels)
        print(f"{judge:12} {labels:4} labels: covered {found.coverage:.3f}, {found.width_ratio:.3f} as wide as labels alone")
        assert found.coverage >= least - 3 * (least * (1 - least) / 500) ** 0.5
        assert found.width_ratio <= 1.03
        ratios[judge] = found.width_ratio
    assert ratios["GPT-4"] <= 0.60


def test_labels_that_come_in_clusters_are_worth_less() -> None:
    """30 sessions of ten units that pass or fail together; by session the interval holds, taken for 300 single units it would not."""
    held: dict[bool, list[bool]] = {True: [], False: []}
    for seed in range(300):
        random = np.random.default_rng(seed)
        session = np.arange(300) // 10
        mood = random.beta(1.4, 0.6, 30)[session]
        people = (random.random(300) < mood).astype(float)
        judge = np.where(random.random(300) < 0.9, people, 1 - people)
        for together in (True, False):
            of = strata(judge, people, levels=2, population=np.inf)
            worth = design_effect(judge, people, session if together else np.arange(300), of.shares)
            rates = corrected_rate(Strata(of.passed / worth, of.labelled / worth, of.shares, np.asarray(30.0), of.population), draws=500)
            held[together].append(rates.only().holds(0.7))
    print(f"by session {np.mean(held[True]):.3f}")
    assert np.mean(held[True]) >= 0.92
    alone = [design_effect([0, 1, 1], [0, 1, 0], [1, 2, 3], [0.3, 0.7]), design_effect([0, 1], [0, 1], [1, 1], [0.3, 0.7])]
    assert alone == [1.0, 1_000.0]


def test_copies_of_a_unit_say_nothing_new() -> None:
    """Five copies of each of 200 units are worth 200, a little less for not knowing the variance."""
    random = np.random.default_rng(1)
    judge, people = random.integers(0, 2, 200), random.integers(0, 2, 200)
    worth = design_effect(np.repeat(judge, 5), np.repeat(people, 5), np.repeat(np.arange(200), 5), [0.5, 0.5])
    assert worth == pytest.approx(5, rel=0.02)


def test_rogan_and_gladen_by_hand() -> None:
    """Sensitivity 0.9, specificity 0.8, 62 of 100 passed: (0.62 + 0.8 − 1) / 0.7."""
    found = rogan_gladen(62, 100, 90, 100, 80, 100)
    assert found is not None
    assert found.rate.value == pytest.approx(0.6)
    assert found.youden == pytest.approx(0.7)


@pytest.mark.parametrize("labelled", [(50, 100, 60, 100), (10, 10, 0, 0), (0, 0, 5, 5)])
def test_rogan_and_gladen_say_nothing_of_a_judge_near_chance(labelled: tuple[int, int, int, int]) -> None:
    assert rogan_gladen(50, 100, *labelled) is None


def test_rogan_and_gladen_cover() -> None:
    random = np.random.default_rng(3)
    held = []
    for _ in range(800):
        found = rogan_gladen(random.binomial(200, 0.3 * 0.85 + 0.7 * 0.2), 200, random.binomial(60, 0.85), 60, random.binomial(60, 0.8), 60)
        held.append(found is not None and found.rate.holds(0.3))
    assert np.mean(held) >= 0.93
