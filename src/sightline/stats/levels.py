"""A judge's scores sorted into few levels, each with enough labels to stand on."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST_DISTINCT = 10  # scores; more are a scale to be cut, not levels

_FEWEST_PER_LEVEL = 5
_MOST_LEVELS = 5


def verdict_levels(judge: ArrayLike, labelled: ArrayLike) -> tuple[NDArray[np.int64], int]:
    """Sort a judge's scores into levels with enough labels to stand on: (level of each unit, how many levels).

    judge: shape (n,). labelled: shape (n,), whether people looked. Two different scores are two levels; up to ten are merged with a
    neighbour until each has 5 labels; more are cut into up to 5 levels of equally many labels. Never looks at what people said.
    """
    f, here = np.asarray(judge, dtype=np.float64), np.asarray(labelled, dtype=bool)
    values = np.unique(f)
    if values.size <= 2:
        return np.searchsorted(values, f).astype(np.int64), max(values.size, 1)
    if values.size > MOST_DISTINCT:
        count = max(min(_MOST_LEVELS, int(here.sum()) // _FEWEST_PER_LEVEL), 1)
        source = f[here] if here.any() else f
        borders = np.unique(np.quantile(source, np.arange(1, count) / count))
        return np.searchsorted(borders, f, side="right").astype(np.int64), borders.size + 1
    level, held, taken = np.zeros(values.size, dtype=np.int64), 0, 0
    per_value = np.array([(f[here] == value).sum() for value in values])
    for i, labels in enumerate(per_value):
        level[i] = taken
        held += int(labels)
        if held >= _FEWEST_PER_LEVEL and per_value[i + 1 :].sum() >= _FEWEST_PER_LEVEL:
            taken, held = taken + 1, 0
    return level[np.searchsorted(values, f)], taken + 1
