"""Searches for what changed, on data whose answer is known."""

import numpy as np
import pytest

from sightline.stats.additive import Design
from sightline.stats.changes import change_points
from sightline.stats.contrast import Found, Units, search, widened
from sightline.stats.growth import growth
from sightline.stats.mean_shift import DayVectors, mean_shift
from sightline.stats.scan import Leaves, scan, widened_scan
from sightline.stats.streams import surprises


def units(effect: float, cell: tuple[int, ...], *, count: int = 20_000, seed: int = 0) -> Units:
    """Three dimensions of four values; after the change the cell's units are higher by `effect`."""
    random = np.random.default_rng(seed)
    codes = random.integers(1, 5, (count, 3))
    after = random.random(count) < 0.3
    inside = np.all([codes[:, d] == code for d, code in enumerate(cell)], axis=0)
    values = random.normal(size=count) + effect * (inside & after)
    return Units(codes, [5, 5, 5], after, values, np.ones(count), np.ones(count))


def test_additive_effects_are_told_apart_where_dimensions_go_together() -> None:
    """The second dimension follows the first in 80 % and has no effect of its own."""
    random = np.random.default_rng(1)
    first = random.integers(0, 3, 30_000)
    second = np.where(random.random(first.size) < 0.8, first, random.integers(0, 3, first.size))
    values = np.array([0.0, 1.0, 3.0])[first] + random.normal(0, 0.5, first.size)
    fit = Design(np.column_stack([first, second]), [3, 3], np.ones(first.size)).fit(values, rounds=60)
    assert np.diff(fit.effects[0]) == pytest.approx([1, 2], abs=0.05)
    assert np.abs(fit.effects[1]).max() < 0.05


def test_the_cell_that_changed_is_found_among_all() -> None:
    found = search(units(0.6, (2, 3)), spread=0.0)
    assert found[0].cell == ((0, 2), (1, 3))
    assert found[0].effect == pytest.approx(0.6, abs=0.12)


def test_nothing_is_found_where_nothing_changed() -> None:
    """The best of 124 cells of noise is no further from chance than the largest of so many normal variables; 5 sigma is once in 10,000."""
    assert abs(search(units(0.0, ()), spread=0.0)[0].z) < 5


def test_a_description_is_as_short_as_the_change_allows() -> None:
    of = units(0.6, (2,))
    longer = Found(((0, 2), (1, 3)), 0.6, 0.05, 12.0, 140.0, (1, 1))
    assert widened(of, longer, spread=0.0, price=3.0) == ((0, 2),)
    exact = units(0.6, (2, 3))
    assert widened(exact, longer, spread=0.0, price=3.0) == ((0, 2), (1, 3))


def test_one_factor_inside_and_none_outside() -> None:
    codes = np.array([[a, b] for a in (1, 2, 3) for b in (1, 2, 3)])
    expected = np.array([10.0, 40, 90, 20, 60, 30, 50, 80, 70])
    leaves = Leaves(codes, [4, 4], np.where(codes[:, 0] == 2, 4 * expected, expected), expected)
    assert scan(leaves)[0].cell == ((0, 2),)
    assert widened_scan(leaves, ((0, 2), (1, 1)), price=2.0) == ((0, 2),)


def test_the_value_whose_share_grew() -> None:
    random = np.random.default_rng(2)
    after = np.arange(20_000) >= 10_000
    first = np.where(random.random(after.size) < np.where(after, 0.3, 0.1), 1, random.integers(2, 6, after.size))
    codes = np.column_stack([first, random.integers(1, 4, after.size)])
    found = growth(codes, [6, 4], after, [0, 1])[0]
    assert found.cell == ((0, 1),)
    assert [found.before, found.after] == pytest.approx([0.1, 0.3], abs=0.02)


@pytest.mark.parametrize(("moved", "sure"), [(0.0, False), (0.3, True)])
def test_vectors_that_moved(moved: float, sure: bool) -> None:
    random = np.random.default_rng(4)
    after = np.arange(17) >= 14
    days = [random.normal(moved * late, 1, (200, 8)) for late in after]
    found = mean_shift(DayVectors(np.full(17, 200.0), np.array([d.sum(0) for d in days]), np.array([(d**2).sum(0) for d in days]), after))
    assert found is not None
    assert (found.z > 5) == sure


def test_an_hour_unlike_the_same_hours_before_is_a_surprise() -> None:
    """Two weeks of five-minute values with a daily wave; on the last day three hours are higher by five deviations of the noise."""
    random = np.random.default_rng(5)
    at = np.arange(14 * 288)
    values = 10 * np.sin(at / 288 * 2 * np.pi) + random.normal(size=at.size)
    values[13 * 288 : 13 * 288 + 36] += 5
    found = surprises(values, per_day=288, span=12)
    assert any(13 * 288 <= i < 13 * 288 + 12 for i in found)


@pytest.mark.parametrize("values", [np.full(4_000, 7.0), np.tile(np.arange(288.0), 14)], ids=["flat", "the same day"])
def test_a_series_without_variation_has_no_surprises(values: np.ndarray) -> None:
    assert surprises(values, per_day=288, span=12).size == 0


def test_a_step_is_a_change_of_level_and_noise_is_none() -> None:
    noise = np.random.default_rng(6).normal(size=400)
    assert change_points(noise) == []
    found = change_points(noise + 3 * (np.arange(400) >= 150))
    assert len(found) == 1
    assert found[0] == pytest.approx(150, abs=3)
