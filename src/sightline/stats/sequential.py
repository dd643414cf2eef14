"""Two arms of live traffic compared while it comes in: an interval for their difference that holds whenever you look."""

from dataclasses import dataclass
from math import exp, inf, isnan, lgamma, log, log1p, sqrt
from typing import Literal

from sightline.stats.intervals import LEVEL, Interval

Decision = Literal["second is higher", "second is lower", "no difference that matters", "go on", "broken"]

BROKEN_BELOW = 0.001
"""p-value of the planned split below which a comparison is broken, whatever it says."""

_FEWEST_UNITS = 20  # in each arm: below, the normal limit of a ratio isn't one yet


@dataclass(frozen=True, slots=True)
class Arm:
    """Sums over the units of one arm: the measure is Σy / Σx, and p, q are the same of the units' own past (0 where there is none)."""

    units: float
    y: float
    x: float
    yy: float
    xx: float
    xy: float
    p: float = 0.0
    q: float = 0.0
    pp: float = 0.0
    qq: float = 0.0
    pq: float = 0.0
    yp: float = 0.0
    yq: float = 0.0
    xp: float = 0.0
    xq: float = 0.0

    @property
    def ratio(self) -> float:
        """The measure; NaN where there is nothing."""
        return self.y / self.x if self.x else float("nan")


@dataclass(frozen=True, slots=True)
class Contrast:
    """`difference`: second − first, with the interval that holds whenever you look; `variance` its own, past taken out. `reduced`: by
    which share the units' past made the variance smaller."""

    difference: Interval
    variance: float
    reduced: float


def contrast(first: Arm, second: Arm, *, scale: float, level: float = LEVEL) -> Contrast:
    """The difference of two ratios of sums over units.

    scale: the size of a difference that is worth finding, in the measure's unit, above 0 (else ValueError) and **fixed before anyone
    looks**: the interval is narrowest around it. Variance: the delta method by unit, after a regression on each unit's own past (CUPED).
    Interval: normal mixture over effects N(0, scale²), |D| ≤ sqrt(v·(v + scale²)/scale² · log((v + scale²)/(v·α²))), for all times at
    once as the sums grow. Unbounded below 20 units in an arm. Sources: Waudby-Smith et al. (2024), Time-uniform central limit theory,
    Annals of Statistics 52, arXiv 2103.06476; Robbins (1970), Annals of Mathematical Statistics 41, 1397-1409; Deng et al. (2013),
    Improving the sensitivity of online controlled experiments (CUPED), WSDM. Coverage measured: docs/experiments.md.
    """
    if not 0 < scale < inf:
        raise ValueError(f"scale is the size of a difference that is worth finding, above 0: this is {scale}.")
    value = second.ratio - first.ratio
    if min(first.units, second.units) < _FEWEST_UNITS or isnan(value):
        return Contrast(Interval(value, -inf, inf), inf, 0.0)
    past = (first.p + second.p) / (first.q + second.q) if first.q + second.q > 0 else 0.0
    moments = [_moments(arm, past) for arm in (first, second)]
    plain = sum(m.own for m in moments)
    of_past = sum(m.past for m in moments)
    slope = sum(m.both for m in moments) / of_past if of_past > 0 else 0.0
    variance = plain - 2 * slope * sum(m.both for m in moments) + slope**2 * of_past
    value -= slope * (moments[1].mean_past - moments[0].mean_past)
    variance = max(variance, 0.0)
    half = boundary(variance, scale=scale, level=level)
    return Contrast(Interval(value, value - half, value + half), variance, 1 - variance / plain if plain > 0 else 0.0)


def boundary(variance: float, *, scale: float, level: float = LEVEL) -> float:
    """How far an estimate of this variance may lie from the truth, at all times at once; infinite for an infinite variance."""
    if variance <= 0:
        return 0.0
    if variance == inf:
        return inf
    prior = scale**2
    return sqrt(variance * (variance + prior) / prior * (log1p(prior / variance) - 2 * log(1 - level)))


def decide(of: Contrast, *, smallest: float, split_p_value: float) -> Decision:
    """What can be said now and will hold. smallest: the difference that matters; split_p_value: of `split_p_value`."""
    if split_p_value < BROKEN_BELOW:
        return "broken"
    if of.difference.low > 0:
        return "second is higher"
    if of.difference.high < 0:
        return "second is lower"
    if -smallest < of.difference.low and of.difference.high < smallest:
        return "no difference that matters"
    return "go on"


def growth_to_decide(of: Contrast, *, smallest: float, level: float = LEVEL) -> float | None:
    """How many times as much traffic would decide, if the difference stays where it is: 1 is what there is; None above 10,000 times, or
    where nothing is known yet."""
    if of.variance in (0.0, inf):
        return None if of.variance else 1.0
    distance = abs(of.difference.value)
    low, high = 1.0, 10_000.0

    def decided(times: float) -> bool:
        half = boundary(of.variance / times, scale=smallest, level=level)
        return half < max(distance, smallest - distance)

    if decided(low):
        return 1.0
    if not decided(high):
        return None
    while high / low > 1.01:
        middle = sqrt(low * high)
        low, high = (low, middle) if decided(middle) else (middle, high)
    return high


def split_p_value(first: int, second: int, *, expected: float = 0.5) -> float:
    """p-value, at any time, that units were assigned as planned.

    first, second: units in each arm. expected: the planned share of the first, strictly between 0 and 1 (else ValueError). 1 ÷ the
    evidence of a mixture over shares, Beta with 100 units' weight around the plan: it may be looked at as often as one likes, which a
    χ² test may not. Source: Lindon & Malek (2022), Anytime-valid inference for multinomial count data, NeurIPS, arXiv 2011.03567.
    """
    if not 0 < expected < 1:
        raise ValueError(f"expected is a share strictly between 0 and 1: this is {expected}.")
    a, b = 100 * expected, 100 * (1 - expected)
    evidence = _log_beta(a + first, b + second) - _log_beta(a, b) - first * log(expected) - second * log(1 - expected)
    return min(1.0, exp(-max(evidence, 0.0)))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


@dataclass(frozen=True, slots=True)
class _Moments:
    """Variance of an arm's ratio, of its units' mean past, their covariance; and that mean."""

    own: float
    past: float
    both: float
    mean_past: float


def _moments(arm: Arm, past: float) -> _Moments:
    """With ψ = (y − R·x)/x̄ and z = p − past·q by unit: the variances of their means."""
    n, ratio, mean_x = arm.units, arm.ratio, arm.x / arm.units
    squares = (arm.yy - 2 * ratio * arm.xy + ratio**2 * arm.xx) / mean_x**2
    mean_z = (arm.p - past * arm.q) / n
    z_squares = arm.pp - 2 * past * arm.pq + past**2 * arm.qq - n * mean_z**2
    # ψ sums to 0, so that no mean comes off the product
    both = (arm.yp - past * arm.yq - ratio * (arm.xp - past * arm.xq)) / mean_x
    by = n * (n - 1)
    return _Moments(max(squares, 0.0) / by, max(z_squares, 0.0) / by, both / by, mean_z)
