"""Fits from sums are those from rows."""

import numpy as np
import pytest

from sightline.stats.regression import from_moments


def test_the_fit_is_that_of_the_rows_themselves() -> None:
    draws = np.random.default_rng(3)
    x = np.column_stack([np.ones(500), draws.lognormal(7, 1, 500), draws.lognormal(5, 0.7, 500)])
    y = x @ [200e6, 50e3, 14e6] + draws.normal(0, 30e6, 500)
    weights = draws.uniform(0.2, 1, 500)
    root = np.sqrt(weights)
    expected, *_ = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)
    assert from_moments(x.T @ (x * weights[:, None]), x.T @ (weights * y)) == pytest.approx(expected, rel=1e-6)


def test_a_column_that_never_varies_leaves_the_prediction_alone() -> None:
    x = np.column_stack([np.ones(4), np.full(4, 3.0), [1.0, 2, 3, 4]])
    y = 5 + 2 * x[:, 2]
    assert x @ from_moments(x.T @ x, x.T @ y) == pytest.approx(y)


def test_nothing_to_fit_is_unknown_and_shapes_must_fit() -> None:
    assert np.isnan(from_moments(np.zeros((2, 2)), np.zeros(2))).all()
    with pytest.raises(ValueError, match="do not go with"):
        from_moments(np.zeros((2, 2)), np.zeros(3))
