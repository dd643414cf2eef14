"""Straight lines from sums: what the engine adds up is all that a fit needs."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def from_moments(moments: Array, products: Array) -> Array:
    """Coefficients of the least-squares fit y = Σ b_i x_i from sums over all rows, weighted ones where rows have weights.

    moments: shape (p, p), Σw x_i x_j, symmetric; a constant is an x that is 1. products: shape (p,), Σw x_i y.
    Returns shape (p,), in units of y per unit of x_i. Where columns are linearly dependent (no row differs in them, or one follows from
    the others), the fit with the smallest coefficients on the scale of the columns. All NaN where there is nothing to fit.
    Raises ValueError for shapes that do not fit together.
    Source: the normal equations, solved by a singular-value decomposition after scaling each column to length one.
    """
    if moments.shape != (products.size, products.size):
        raise ValueError(f"moments of shape {moments.shape} do not go with {products.size} products")
    lengths = np.sqrt(np.diag(moments))
    used = lengths > 0
    if not used.any():
        return np.full(products.size, np.nan)
    made = np.zeros(products.size)
    scale = lengths[used]
    solution, *_ = np.linalg.lstsq(moments[np.ix_(used, used)] / np.outer(scale, scale), products[used] / scale, rcond=1e-10)
    made[used] = solution / scale
    return made
