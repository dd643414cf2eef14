"""What was paid for a token: cost against what the prices before would have made of the same tokens."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sightline.insight.asking import Asked

Array = NDArray[np.float64]

COST, PARTS = "cost_usd", ("input_tokens", "cache_read_tokens", "output_tokens")
_EXACT = 0.002  # prices explain costs when the middle request is off by less
_KEPT = 0.8  # of the rows in the last fit: retries and failures are billed in ways of their own
_MOST = 1.5


def best_tariff(
    codes: NDArray[np.integer], sizes: Sequence[int], cost: Array, input_tokens: Array, cached_tokens: Array, output_tokens: Array,
    dimensions: Sequence[int] | None = None,
) -> tuple[int, Array] | None:  # fmt: skip
    """The dimension whose values fix the price of a token, and the prices: shape (values, 3) for uncached input, cached input and output.

    For each dimension and value, cost is fitted by least squares on the three counts; the dimension whose values fit best holds the price
    list. None where no dimension explains the middle request to within _EXACT. NaN for values with too few rows.
    """
    tokens = np.column_stack([input_tokens - cached_tokens, cached_tokens, output_tokens])
    priced = (cost > 0) & (tokens.sum(axis=1) > 0)
    best: tuple[float, int, Array] | None = None
    for d in range(codes.shape[1]) if dimensions is None else dimensions:
        prices = np.full((sizes[d], 3), np.nan)
        for code in range(1, sizes[d]):
            rows = priced & (codes[:, d] == code)
            if rows.sum() >= 20:
                prices[code] = _prices(tokens[rows] / cost[rows, None])
        fitted = (tokens * prices[codes[:, d]]).sum(axis=1)
        here = priced & (fitted > 0)
        if here.sum() < 0.9 * priced.sum():
            continue
        off = float(np.median(np.abs(cost[here] / fitted[here] - 1)))
        if best is None or off < best[0]:
            best = (off, d, prices)
    return None if best is None or best[0] > _EXACT else (best[1], best[2])


def paid_over_expected(asked: Asked, dimensions: Sequence[int]) -> Array | None:
    """log(cost ÷ cost at the prices before), shape (n,), 0 where it can't be said; None where no dimension fixes the price."""
    if any(name not in asked.extra for name in PARTS):
        return None
    parts = [np.nan_to_num(asked.extra[name]) for name in PARTS]
    before = ~asked.after
    inputs, cached, outputs = (part[before] for part in parts)
    found = best_tariff(asked.codes[before].astype(np.int64), asked.sizes, asked.value[before], inputs, cached, outputs, dimensions)
    if found is None:
        return None
    dimension, prices = found
    tokens = np.column_stack([parts[0] - parts[1], parts[1], parts[2]])
    fitted = (tokens * prices[asked.codes[:, dimension]]).sum(axis=1)
    known = (asked.value > 0) & (fitted > 0)
    ratio = np.divide(asked.value, fitted, out=np.ones(asked.value.shape), where=known)
    return np.asarray(np.clip(np.log(ratio), -_MOST, _MOST), dtype=np.float64)


def _prices(tokens_per_dollar: Array) -> Array:
    """What a token of each part costs: least squares on relative errors, three times, each time without the fifth that fits worst."""
    rows = np.ones(tokens_per_dollar.shape[0], dtype=bool)
    prices: Array = np.zeros(tokens_per_dollar.shape[1])
    for _ in range(4):
        prices = np.asarray(np.linalg.lstsq(tokens_per_dollar[rows], np.ones(int(rows.sum())), rcond=None)[0])
        off = np.abs(tokens_per_dollar @ prices - 1)
        rows = off <= max(float(np.quantile(off, _KEPT)), 1e-9)
    return prices
