"""Segments that lend each other strength: how often the intervals hold, alike or not, and what they save."""

import math

import numpy as np
import pytest

from sightline.stats.intervals import Array
from sightline.stats.pooling import _log_gamma, pooled_rates
from sightline.stats.rates import Strata, corrected_rate

SEGMENTS = 24


def drawn(alike: float, labels: int, random: np.random.Generator) -> tuple[Strata, Array]:
    """(what was seen, the truth): what a verdict means comes from a Beta of that strength, the judge passes 50 to 90 %."""
    p = np.stack([random.beta(0.15 * alike, 0.85 * alike, SEGMENTS), random.beta(0.92 * alike, 0.08 * alike, SEGMENTS)], axis=1)
    passes = random.uniform(0.5, 0.9, SEGMENTS)
    shares = np.stack([1 - passes, passes], axis=1)
    failed = random.binomial(labels, 1 - passes).astype(float)
    labelled = np.stack([failed, labels - failed], axis=1)
    passed = random.binomial(labelled.astype(int), p).astype(float)
    return Strata(passed, labelled, shares, np.full(SEGMENTS, 2e3), np.full(SEGMENTS, 2e3)), (shares * p).sum(axis=1)


@pytest.mark.parametrize(("alike", "most"), [(1e4, 0.7), (20.0, 0.8), (2.0, 0.9)])
def test_it_covers_whether_segments_are_alike_or_not(alike: float, most: float) -> None:
    """25 labels a segment, 40 × 24 segments. Four standard errors, for segments of one draw share what was learned."""
    random = np.random.default_rng(1)
    held, ratio = [], []
    for _ in range(40):
        of, truth = drawn(alike, 25, random)
        mine, own = pooled_rates(of, draws=800), corrected_rate(of, draws=800)
        held.append((mine.low <= truth) & (truth <= mine.high))
        ratio.append(float((mine.high - mine.low).mean() / (own.high - own.low).mean()))
    print(f"strength {alike:g}: covered {np.mean(held):.3f}, {np.mean(ratio):.2f} as wide as each by itself")
    assert np.mean(held) >= 0.95 - 4 * (0.95 * 0.05 / (40 * SEGMENTS)) ** 0.5
    assert np.mean(ratio) <= most


def test_a_segment_without_labels_gets_what_the_others_have() -> None:
    of, _ = drawn(1e4, 40, np.random.default_rng(2))
    labelled, passed = of.labelled.copy(), of.passed.copy()
    labelled[0], passed[0] = 0, 0
    found = pooled_rates(Strata(passed, labelled, of.shares, of.judged, of.population))
    assert float(found.high[0] - found.low[0]) < 0.25
    assert float(found.value[0]) == pytest.approx(float(of.shares[0] @ [0.15, 0.92]), abs=0.06)


def test_many_labels_need_nobody() -> None:
    """20,000 labels a segment, segments far apart: pooled or not is the same."""
    of, _ = drawn(2.0, 20_000, np.random.default_rng(3))
    mine, own = pooled_rates(of), corrected_rate(of)
    assert np.abs(mine.value - own.value).max() < 0.003
    assert np.abs(mine.low - own.low).max() < 0.004


def test_nothing_labelled_anywhere_is_nothing_known() -> None:
    found = pooled_rates(Strata(np.zeros((3, 2)), np.zeros((3, 2)), np.full((3, 2), 0.5), np.full(3, 9.0), np.full(3, 9.0)))
    assert np.isnan(found.value).all()
    assert (found.low == 0).all()
    assert (found.high == 1).all()


def test_one_segment_alone_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match=r"shape \(segments, levels\)"):
        pooled_rates(Strata(np.zeros(2), np.zeros(2), np.full(2, 0.5), np.asarray(9.0), np.asarray(9.0)))


@pytest.mark.parametrize("x", [0.001, 0.5, 1.0, 3.3, 50.0, 4_000.0])
def test_the_logarithm_of_gamma(x: float) -> None:
    assert float(_log_gamma(np.array(x))) == pytest.approx(math.lgamma(x), abs=1e-8)
