"""Shares of a whole that were counted, with their intervals."""

from math import sqrt
from statistics import NormalDist

LEVEL = 0.95


def wilson(successes: float, trials: float, *, level: float = LEVEL) -> tuple[float, float] | None:
    """The score interval of a proportion: Wilson's.

    successes of trials, both without unit; they need not be whole: of a weighted sample give the share times its effective size, and
    that size (`effective_size`). level: the probability that the interval is to hold.
    Returns (low, high) within [0, 1]; None without a trial. Holds its level well from small n on, and at 0 and at all of them.
    Raises ValueError when successes lie outside [0, trials] or level outside (0, 1).
    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22(158), 209-212,
    doi:10.1080/01621459.1927.10502953; recommended by Brown, Cai and DasGupta (2001), doi:10.1214/ss/1009213286.
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: it lies between 0 and 1")
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials can't be")
    if trials == 0:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    p = successes / trials
    scale = 1 + z * z / trials
    middle = (p + z * z / (2 * trials)) / scale
    half = z / scale * sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    # exact at the ends, where rounding would leave a speck
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return low, high


def effective_size(weights: float, squared_weights: float) -> float:
    """How many equal rows know as much as weighted ones: Kish's (Σw)² ÷ Σw²; 0 without rows.

    Source: Kish (1965), Survey Sampling, section 11.7.
    """
    return weights * weights / squared_weights if squared_weights > 0 else 0.0
