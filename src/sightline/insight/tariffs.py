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


def paid_over_expected(asked: Asked, dimensions: Sequence[int]) -> Array | None:
    """log(cost ÷ cost at the prices before), shape (n,), 0 where it can't be said; None where no dimension fixes the price.

    For each dimension and value, cost before is fitted by least squares on uncached input, cached input and output tokens; the dimension
    whose values fit best holds the price list.
    """
    if any(name not in asked.extra for name in PARTS):
        return None
    cached = np.nan_to_num(asked.extra[PARTS[1]])
    tokens = np.column_stack([np.nan_to_num(asked.extra[PARTS[0]]) - cached, cached, np.nan_to_num(asked.extra[PARTS[2]])])
    priced = (asked.value > 0) & (tokens.sum(axis=1) > 0)
    best: tuple[float, Array] | None = None
    for d in dimensions:
        fitted = np.full(asked.value.shape, np.nan)
        for code in range(1, asked.sizes[d]):
            rows = priced & (asked.codes[:, d] == code)
            learn = rows & ~asked.after
            if learn.sum() < 20:
                continue
            fitted[rows] = tokens[rows] @ _prices(tokens[learn] / asked.value[learn, None])
        here = priced & ~asked.after & (fitted > 0)
        if here.sum() < 0.9 * (priced & ~asked.after).sum():
            continue
        off = float(np.median(np.abs(asked.value[here] / fitted[here] - 1)))
        if best is None or off < best[0]:
            best = (off, fitted)
    if best is None or best[0] > _EXACT:
        return None
    ratio = np.divide(asked.value, best[1], out=np.ones(asked.value.shape), where=priced & (best[1] > 0))
    return np.clip(np.log(ratio), -_MOST, _MOST)


def _prices(tokens_per_dollar: Array) -> Array:
    """What a token of each part costs: least squares on relative errors, three times, each time without the fifth that fits worst."""
    rows = np.ones(tokens_per_dollar.shape[0], dtype=bool)
    prices = np.zeros(tokens_per_dollar.shape[1])
    for _ in range(4):
        prices, *_ = np.linalg.lstsq(tokens_per_dollar[rows], np.ones(int(rows.sum())), rcond=None)
        off = np.abs(tokens_per_dollar @ prices - 1)
        rows = off <= max(float(np.quantile(off, _KEPT)), 1e-9)
    return prices
