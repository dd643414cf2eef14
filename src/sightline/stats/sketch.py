"""Quantiles out of a sketch that adds up: how many values lie in each bin of a logarithmic scale."""

from collections.abc import Mapping, Sequence

import numpy as np

NOT_ABOVE_ZERO = -32768


def quantiles(bins: Mapping[int, int], levels: Sequence[float], *, gamma: float) -> list[float]:
    """The quantiles at `levels`, each off by a share of (gamma − 1) / (gamma + 1) at the most.

    bins: bin → how many; bin k holds values in (gamma^(k−1), gamma^k], NOT_ABOVE_ZERO what is 0. Bins of two samples added up are those of
    both. levels: between 0 and 1. The quantile is the value of rank floor(level × (n − 1)) from 0, told as the middle of its bin.
    Returns NaN for each where nothing is there.
    Source: Masson, Rim & Lee (2019), DDSketch, PVLDB 12(12), 2195-2205, doi:10.14778/3352063.3352135.
    """
    if not bins:
        return [float("nan")] * len(levels)
    keys = np.array(sorted(bins), dtype=np.int64)
    up_to = np.cumsum([bins[int(key)] for key in keys])
    ranks = np.floor(np.asarray(levels) * (up_to[-1] - 1))
    found = keys[np.searchsorted(up_to, ranks, side="right")]
    return [0.0 if key == NOT_ABOVE_ZERO else 2 * gamma ** int(key) / (gamma + 1) for key in found]
