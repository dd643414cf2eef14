"""Agreement: the examples that its authors printed, what must not matter, and how often the intervals hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sightline.stats.agreement import (
    UnevenRatersError,
    agreement_ceiling,
    cohen_kappa,
    confusion,
    fleiss_interval,
    fleiss_kappa,
    kappa_interval,
    krippendorff_alpha,
    krippendorff_interval,
    tally,
)
from sightline.stats.intervals import Array

_NONE = np.nan
# Krippendorff (2011), Computing Krippendorff's alpha-reliability, example C: 4 observers, 12 units
OBSERVERS = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _NONE, _NONE, _NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _NONE, 3],
    [_NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _NONE],
]).T  # fmt: skip

# Fleiss (1971), table 1: 30 patients, 6 psychiatrists; depression, personality disorder, schizophrenia, neurosis, other
PATIENTS = np.array([
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0],
    [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1],
    [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
])  # fmt: skip


def test_fleiss_own_example() -> None:
    assert fleiss_kappa(PATIENTS) == pytest.approx(0.430, abs=5e-4)
    found = fleiss_interval(PATIENTS)
    assert found.low < 0.36
    assert found.high > 0.5


@pytest.mark.parametrize(("distance", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorffs_own_example(distance: str, alpha: float) -> None:
    counts, values = tally(OBSERVERS)
    assert krippendorff_alpha(counts, values, distance=distance) == pytest.approx(alpha, abs=5e-4)  # type: ignore[arg-type]
    assert krippendorff_interval(counts, values, distance=distance).holds(alpha)  # type: ignore[arg-type]


def test_uneven_raters_are_named() -> None:
    with pytest.raises(UnevenRatersError, match="item 2 has 5 ratings and item 0 has 6"):
        fleiss_kappa([[3, 3], [2, 4], [1, 4]])


def test_cohen_by_hand() -> None:
    """Agreed 35 of 50; chance agrees on 0.5·0.6 + 0.5·0.4 = 0.5; (0.7 − 0.5) / 0.5."""
    assert float(cohen_kappa([[20, 5], [10, 15]])) == pytest.approx(0.4)


def test_quadratic_kappa_by_hand() -> None:
    """Scores 0, 0, 1, 2 against 0, 1, 1, 2: mean squared distance ¼; by chance, of all 16 pairs, (12 + 2 + 6)/16."""
    table = confusion([0, 0, 1, 2], [0, 1, 1, 2], levels=3)
    assert float(cohen_kappa(table, weighting="quadratic")) == pytest.approx(1 - 0.25 / (20 / 16))


def test_all_in_one_level_says_nothing() -> None:
    assert np.isnan(cohen_kappa([[9, 0], [0, 0]]))
    assert np.isnan(krippendorff_alpha([[2, 0], [3, 0]]))


tables = hnp.arrays(np.int64, (3, 3), elements=st.integers(0, 30))


@given(tables, st.permutations(range(3)))
def test_kappa_ignores_the_order_of_categories_and_of_raters(table: Array, order: list[int]) -> None:
    once = float(cohen_kappa(table))
    for other in (table[np.ix_(order, order)], table.T):
        assert float(cohen_kappa(other)) == pytest.approx(once, nan_ok=True)
    assert np.isnan(once) or once <= 1 + 1e-12


@given(tables)
def test_an_interval_of_kappa_holds_its_value(table: Array) -> None:
    found = kappa_interval(table, draws=100)
    assert np.isnan(found.value) or found.holds(found.value)


@pytest.mark.parametrize("labels", [50, 200])
@pytest.mark.parametrize(("sensitivity", "specificity", "rate"), [(0.95, 0.94, 0.62), (0.98, 0.6, 0.62), (0.99, 0.9, 0.9)])
def test_kappas_interval_covers(sensitivity: float, specificity: float, rate: float, labels: int) -> None:
    """400 samples a cell: a true 95 % falls below 0.92 about once in 250."""
    cells = np.array([(1 - rate) * specificity, rate * (1 - sensitivity), (1 - rate) * (1 - specificity), rate * sensitivity])
    kappa = float(cohen_kappa(cells.reshape(2, 2)))
    random = np.random.default_rng(labels)
    drawn = random.multinomial(labels, cells, size=400).reshape(-1, 2, 2)
    covered = np.mean([kappa_interval(table, draws=500).holds(kappa) for table in drawn])
    print(f"kappa {kappa:.2f}, {labels} labels: covered {covered:.3f}")
    assert covered >= 0.92


def test_the_ceiling_of_a_judge() -> None:
    """Spearman & Brown: alpha 0.5 of one person is 2/3 of two; a judge that knows the truth correlates by the root."""
    assert agreement_ceiling(0.5) == pytest.approx(0.5**0.5)
    assert agreement_ceiling(0.5, raters=2) == pytest.approx((2 / 3) ** 0.5)
    assert agreement_ceiling(-0.1) == 0
    with pytest.raises(ValueError, match="one rater or more"):
        agreement_ceiling(0.5, raters=0)
