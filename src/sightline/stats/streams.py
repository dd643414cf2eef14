"""One series of numbers at even steps: when is the last hour unlike what such hours were?"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

THRESHOLD = 3.5
DAYS = 7
_MEMORY = 6_400  # values that the present is held against
_STEP = 50
_REST = 0.02  # of the series, in which one alarm is enough


def surprises(values: Array, *, per_day: int, span: int, threshold: float = THRESHOLD) -> NDArray[np.int64]:
    """Positions at which the mean of the last `span` values departs from its own past, each from nothing later.

    values: shape (n,), even steps, no gaps. per_day: steps of a day; 0 where there is no daily rhythm. Each value less the mean of the
    same time of day on up to DAYS days before; the running mean of that, in standard deviations of the last _MEMORY of them about their
    median. A series without any variation has no surprises. After one, as many values are passed over as make _REST of the series.
    """
    n = values.size
    left = values - _same_time(values, per_day)
    running = _running_mean(np.nan_to_num(left), span)
    found: list[int] = []
    rest = max(int(_REST * n), 1)
    scale_of_all = 1e-6 * max(1.0, float(np.abs(values[: min(n, _MEMORY)]).max())) if n else 1.0
    for start in range(_STEP, n, _STEP):
        past = running[max(0, start - _MEMORY) : start]
        middle = float(np.median(past))
        spread = max(1.4826 * float(np.median(np.abs(past - middle))), float(past.std()), scale_of_all)
        for i in np.flatnonzero(np.abs(running[start : start + _STEP] - middle) > threshold * spread) + start:
            if not found or i - found[-1] >= rest:
                found.append(int(i))
    return np.array(found, dtype=np.int64)


def _same_time(values: Array, per_day: int) -> Array:
    """The mean of up to DAYS values at the same time of day before; NaN on the first day; 0 without a rhythm."""
    if per_day <= 1:
        return np.zeros(values.shape)
    total, count = np.zeros(values.shape), np.zeros(values.shape)
    for day in range(1, DAYS + 1):
        shift = day * per_day
        if shift >= values.size:
            break
        total[shift:] += values[:-shift]
        count[shift:] += 1
    return np.asarray(np.divide(total, count, out=np.full(values.shape, np.nan), where=count > 0), dtype=np.float64)


def _running_mean(values: Array, span: int) -> Array:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    end = np.arange(1, values.size + 1)
    begin = np.maximum(end - span, 0)
    return np.asarray((sums[end] - sums[begin]) / (end - begin))
