"""A judge against people, whole: verdicts with their reasons, on recorded judges and on made-up ones."""

from pathlib import Path

import numpy as np
import pytest

from sightline.stats.calibration import calibrate
from sightline.stats.fitness import fit_for_use
from sightline.stats.intervals import Array, Interval
from sightline.stats.labelling import labels_to_narrow
from sightline.stats.levels import verdict_levels
from sightline.stats.rates import Strata, corrected_rate
from tests.stats.recorded import column, rows_of

UNKNOWN = np.nan


def judged(count: int, agreement: float, seed: int) -> tuple[Array, Array]:
    """(judge, people) of `count` units, the judge right with that probability."""
    random = np.random.default_rng(seed)
    people = (random.random(count) < 0.6).astype(float)
    return np.where(random.random(count) < agreement, people, 1 - people), people


@pytest.mark.parametrize(
    ("agreement", "verdict", "says"),
    [
        (Interval(0.8, 0.7, 0.9), "usable", "lies above 0.4"),
        (Interval(0.2, 0.1, 0.3), "not usable", "lies below 0.4"),
        (Interval(0.5, 0.3, 0.7), "weak", "does not exclude 0.4 with 100 labels: about 400 labels"),
        (Interval(0.41, 0.1, 0.7), "weak", "more labels would hardly settle it"),
    ],
)
def test_the_verdict_and_its_reason(agreement: Interval, verdict: str, says: str) -> None:
    found = fit_for_use(agreement, width_ratio=0.5, labels=100)
    assert found.verdict == verdict
    assert says in found.reason


def test_agreeing_is_not_enough_where_it_saves_no_labels() -> None:
    found = fit_for_use(Interval(0.6, 0.5, 0.7), width_ratio=0.9, labels=100)
    assert found.verdict == "weak"
    assert "only 10% narrower" in found.reason


@pytest.mark.parametrize(("labels", "verdict"), [(9, "weak"), (10, "usable")])
def test_ten_labels_are_the_least(labels: int, verdict: str) -> None:
    assert fit_for_use(Interval(0.9, 0.6, 1), width_ratio=0.5, labels=labels).verdict == verdict


def test_a_judge_that_never_fails_anything_is_not_called_good() -> None:
    found = calibrate(np.ones(100), np.array([1.0, 0.0] * 50))
    assert found.fitness.verdict != "usable"
    assert found.rogan_gladen is None


def test_a_judge_is_given_its_place_by_labels_on_few() -> None:
    judge, people = judged(5_000, 0.95, 1)
    seen = np.where(np.arange(5_000) < 150, people, UNKNOWN)
    found = calibrate(judge, seen)
    assert (found.kind, found.judged, found.labelled, found.fitness.verdict) == ("binary", 5_000, 150, "usable")
    assert found.corrected.holds(float(people.mean()))
    assert found.corrected.width < 0.8 * found.labels_only.width
    assert found.rogan_gladen is not None
    assert found.rogan_gladen.rate.holds(float(people.mean()))
    assert found.labels_to_halve == pytest.approx(600, abs=5)
    assert found.warnings == ()


def test_halving_needs_what_it_says() -> None:
    """As many times the labels, falling as they did: the interval is half as wide."""

    def of(times: float) -> Strata:
        labelled = np.array([50.0, 150.0]) * times
        return Strata(labelled * [0.1, 0.95], labelled, np.array([0.25, 0.75]), np.asarray(50_000.0), np.asarray(100_000.0))

    wanted = labels_to_narrow(of(1))
    assert wanted is not None
    widths = [corrected_rate(of(times)).only().width for times in (1, wanted / 200)]
    assert widths[1] / widths[0] == pytest.approx(0.5, abs=0.025)


def test_labels_cannot_halve_what_too_few_judged_units_leave_open() -> None:
    labelled = np.array([500.0, 1500.0])
    of = Strata(labelled * [0.1, 0.95], labelled, np.array([0.25, 0.75]), np.asarray(2_000.0), np.asarray(1e9))
    assert labels_to_narrow(of) is None


def test_bias_by_segment_finds_the_one_that_is_flattered() -> None:
    """Of ten segments one has a judge that passes a third of what people failed."""
    random = np.random.default_rng(5)
    people = (random.random(3_000) < 0.5).astype(float)
    segments = random.integers(0, 10, 3_000)
    kind = (segments == 3) & (people == 0) & (random.random(3_000) < 0.33)
    noise = random.random(3_000) < 0.05
    judge = np.where(kind, 1.0, np.where(noise, 1 - people, people))
    found = calibrate(judge, people, segments=[f"model {i}" for i in segments])
    flagged = [part.name for part in found.segments if part.bias and part.bias.flagged]
    assert flagged == ["model 3"]


def test_equal_segments_are_seldom_flagged() -> None:
    """Twelve segments without bias, 40 times: at most one run in twenty may flag any, by Benjamini and Hochberg; four standard errors."""
    runs = 0
    for seed in range(40):
        judge, people = judged(600, 0.9, seed)
        found = calibrate(judge, people, segments=[str(i % 12) for i in range(600)])
        runs += any(part.bias is not None and part.bias.flagged for part in found.segments)
    print(f"runs with a flag: {runs} of 40")
    assert runs <= 40 * 0.05 + 4 * (40 * 0.05 * 0.95) ** 0.5


def test_scores_are_cut_where_labels_are_enough() -> None:
    scores = np.repeat([1.0, 2, 3, 4, 5], [1, 2, 10, 10, 2])
    levels, count = verdict_levels(scores, np.ones(25, dtype=bool))
    assert count == 2
    assert sorted(set(levels[scores <= 3])) == [0]
    assert sorted(set(levels[scores > 3])) == [1]


@pytest.mark.parametrize("bad", [([], []), ([1, 0], [1]), ([UNKNOWN], [1])])
def test_tables_that_cannot_be_are_refused(bad: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="one shape"):
        calibrate(*bad)


def test_recorded_judges_of_summaries_are_not_usable(shared: Path) -> None:
    """However people's four grades are cut in two."""
    rows = rows_of(shared, "judge_faithbench")
    grades = ["Unwanted", "Questionable", "Benign", "Consistent"]
    for judge in ("gpt-4o", "gpt-4-turbo", "gpt-3.5-turbo", "trueteacher", "true_nli"):
        said = column(rows, judge)
        for which in ("human_worst", "human_best"):
            for least in (1, 2, 3):
                people = np.array([float(grades.index(row[which]) >= least) for row in rows])
                found = calibrate(said[np.isfinite(said)], people[np.isfinite(said)])
                assert found.fitness.verdict == "not usable", (judge, which, least)
        print(f"{judge:14} {found.fitness.verdict}: {found.fitness.reason}")


def test_recorded_judges_of_answers_that_are_usable(shared: Path) -> None:
    rows = rows_of(shared, "judge_triviaqa_binary")
    for judge in ("GPT-4", "Llama3-70B"):
        found = calibrate(column(rows, judge), column(rows, "human"))
        print(f"{judge:14} {found.fitness.verdict}: {found.fitness.reason}")
        assert found.fitness.verdict == "usable"


def test_recorded_judges_of_relevance_have_their_kappas(shared: Path) -> None:
    """Plain and quadratic kappa of 33 judges by another road: from the rows, as agreement and squared distance beyond chance."""
    rows = rows_of(shared, "judge_llmjudge_relevance")
    people = column(rows, "human")
    for judge in list(rows[0])[3:]:
        said = column(rows, judge)
        here = np.isfinite(said)
        f, y = said[here], people[here]
        found = calibrate(f, y)
        chance = sum((f == level).mean() * (y == level).mean() for level in range(4))
        plain = ((f == y).mean() - chance) / (1 - chance)
        quadratic = 1 - ((f - y) ** 2).mean() / (f.var() + y.var() + (f.mean() - y.mean()) ** 2)
        assert found.against_people.measure == "weighted kappa"
        assert found.against_people.agreement.value == pytest.approx(quadratic)
        assert found.plain_kappa == pytest.approx(plain)


def test_a_judge_calibrated_on_other_queries_says_so(shared: Path) -> None:
    """Labels on half of the queries, the answer asked of the other half. Taken for single units they mislead; told which belong
    together the interval widens and holds; told that queries are segments it warns."""
    rows = rows_of(shared, "judge_llmjudge_relevance")
    queries = np.array([row["query_id"] for row in rows])
    people = column(rows, "human")
    names, number = np.unique(queries, return_inverse=True)
    single, together, ratio = [], [], []
    for judge in list(rows[0])[3::4]:
        said = column(rows, judge)
        for seed in range(4):
            taught = np.isin(queries, np.random.default_rng(seed).permutation(names)[: names.size // 2])
            ok = np.isfinite(said)
            seen, about = np.where(taught, people, UNKNOWN)[ok], ~taught[ok]
            truth = float(people[ok][about].mean())
            alone = calibrate(said[ok], seen, counted=about).corrected
            found = calibrate(said[ok], seen, counted=about, clusters=number[ok], segments=queries[ok].tolist())
            assert any("without any label" in warning for warning in found.warnings)
            assert found.shown.low <= found.corrected.low
            assert found.shown.high >= found.corrected.high
            single.append(alone.holds(truth))
            together.append(found.shown.holds(truth))
            ratio.append(found.shown.width / alone.width)
    print(f"held as single units {np.mean(single):.2f}, by query {np.mean(together):.2f}, {np.mean(ratio):.1f} times as wide")
    assert np.mean(together) >= 0.92
    assert np.mean(single) < 0.6


def test_two_corrections_that_part_are_told() -> None:
    """The labelled are half passes, the traffic nine in ten; the judge errs alike on both: what its verdicts mean has changed."""
    random = np.random.default_rng(8)
    people = np.concatenate([random.random(400) < 0.5, random.random(4_000) < 0.95]).astype(float)
    judge = np.where(random.random(4_400) < 0.8, people, 1 - people)
    about = np.arange(4_400) >= 400
    found = calibrate(judge, np.where(about, UNKNOWN, people), counted=about)
    assert found.rogan_gladen is not None
    assert not found.corrected.holds(float(people[about].mean()))
    assert found.shown.holds(float(people[about].mean()))
    assert any("Two corrections disagree" in warning for warning in found.warnings)
    assert any("moved away" in warning for warning in found.warnings)
