"""How many labels would say how much, and which units to give to people next, with the probabilities that keep the answer honest."""

import math

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.intervals import Array
from sightline.stats.rates import Strata

CORE = 0.3  # the least part of labels that is drawn uniformly


def labels_to_narrow(of: Strata, *, factor: float = 0.5) -> int | None:
    """How many labels in all would make the corrected rate's interval `factor` times as wide, drawn as now.

    of: one Strata without leading axes, with labels. Solves Σ q_f² p_f(1 − p_f)/ n_f + (spread between verdicts)·(1/judged −
    1/population) for n, the n_f growing in proportion. None where labels can't do it: what is left is that too few units are judged.
    """
    n = of.labelled
    total = float(n.sum())
    if total <= 0 or not of.judged > 0:
        return None
    q = of.shares
    p = (of.passed + 0.5) / (n + 1)
    mix = (n + 0.5) / (total + 0.5 * n.size)  # how labels fall on verdicts, as far as is known
    inside = q**2 * p * (1 - p)
    by_label = float((inside / mix).sum())
    between = float((q * (p - (q * p).sum()) ** 2).sum())
    fixed = between * max(1 / float(of.judged) - 1 / float(of.population), 0.0)
    return solve_labels(by_label, fixed, total, factor)


def solve_labels(by_label: float, fixed: float, labels: float, factor: float) -> int | None:
    """n with by_label / n + fixed = factor² · (by_label / labels + fixed), rounded up; None where no n does it.

    by_label, fixed: variances in one unit squared, not negative.
    """
    aim = factor**2 * (by_label / labels + fixed) - fixed
    return math.ceil(by_label / aim - 1e-9) if aim > 0 else None


def neyman(shares: ArrayLike, rates: ArrayLike, *, core: float = CORE) -> Array:
    """What part of the next labels each verdict should get: ∝ q_f √(p_f (1 − p_f)), over a uniform core.

    shares: shape (levels,), q_f of the judged. rates: shape (levels,), pass rates, NaN where unknown (taken as ½). core: the part, 0 …
    1, that is drawn from all units alike, so that what nobody expected is still seen. Returns shape (levels,), adding up to 1. Source:
    Neyman (1934), JRSS 97, 558-625.
    """
    q = np.asarray(shares, dtype=np.float64)
    p = np.clip(np.nan_to_num(np.asarray(rates, dtype=np.float64), nan=0.5), 0.01, 0.99)
    wanted = q * np.sqrt(p * (1 - p))
    return np.asarray(core * q + (1 - core) * wanted / wanted.sum(), dtype=np.float64)


def label_probabilities(interest: ArrayLike, labels: int, *, core: float = CORE) -> Array:
    """The probability with which each unit is to be labelled: a uniform core, the rest in proportion to interest.

    interest: shape (n,), not negative: disagreement of a jury, 1 − confidence, rarity, in any unit. labels: how many are wanted in all,
    1 … n. core: the part of them that is drawn from all units alike. Returns shape (n,), each in (0, 1], adding up to `labels`; **store
    it with the label**: 1/p is the label's weight. As the core reaches every unit, no weight exceeds n / (core × labels). Source:
    Poisson sampling with probabilities proportional to size, Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling,
    3.5-3.6.
    """
    size = np.asarray(interest, dtype=np.float64)
    if size.ndim != 1 or (size < 0).any() or not np.isfinite(size).all():
        raise ValueError("interest must have shape (n,), be finite and not negative.")
    if not 0 < labels <= size.size:
        raise ValueError(f"labels must lie in 1 … {size.size}, the number of units: this is {labels}.")
    if not 0 < core <= 1:
        raise ValueError(f"core must lie above 0 and not above 1: this is {core}. Without a core some units are never seen.")
    flat = np.full(size.size, 1.0)
    aim = core * flat / size.size + (1 - core) * (size / size.sum() if size.sum() > 0 else flat / size.size)
    chosen = np.zeros(size.size, dtype=bool)  # certain ones, whose rest is shared out among the others
    while True:
        left = labels - chosen.sum()
        p = np.where(chosen, 1.0, aim * left / max(aim[~chosen].sum(), 1e-300))
        above = (p > 1) & ~chosen
        if not above.any():
            return np.minimum(p, 1.0)
        chosen |= above


def draw_labels(probabilities: ArrayLike, *, seed: int) -> Array:
    """Numbers of the units to label: systematic sampling in random order, so that just as many come as the probabilities add up to.

    probabilities: shape (n,), each in [0, 1]. Returns whole numbers in rising order. Source: Madow (1949), Ann. Math. Statist. 20, 333-354.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    random = np.random.default_rng(seed)
    order = random.permutation(p.size)
    upto = np.concatenate([[0.0], np.cumsum(p[order])])
    upto[-1] = round(float(upto[-1]), 9)
    steps = np.floor(upto - random.random() + 1)
    return np.asarray(np.sort(order[np.diff(steps) > 0]))
