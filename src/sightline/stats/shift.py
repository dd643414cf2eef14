"""Whether the traffic has moved away from the units that people labelled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

OLD_AFTER_DAYS = 30.0

_DRAWS = 2_000
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Shift:
    """`p_value`: that labelled and judged traffic come from one mixture of cells. `uncovered`: share of the judged traffic in cells
    without any label. `distance`: total variation between the two mixtures, 0 the same, 1 apart. `moved`: p_value ≤ 0.01 and distance ≥
    0.05 (a difference that is only significant is none that matters), or a fifth or more uncovered where chance would leave as much once
    in a hundred times."""

    p_value: float
    uncovered: float
    distance: float
    moved: bool


def shift(labelled: ArrayLike, judged: ArrayLike, *, draws: int = _DRAWS, seed: int = 0) -> Shift:
    """Compare labelled with judged units over cells (of model, task, prompt version, language, length band …).

    labelled, judged: shape (cells,), units of each kind in each cell; **disjoint**: a labelled unit is not counted among the judged.
    Units drawn by verdict are to be compared verdict by verdict: shape (levels, cells); labels may then have been drawn with any
    probability that depends on it. Test: χ² statistic of homogeneity against its permutation distribution (which labels are where,
    given all), so small cells are right. `uncovered` weighs each cell by its judged units. Seeded. Both counts 0: nothing has moved.
    Source: Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, ch. 7.
    """
    a, b = (np.atleast_2d(np.asarray(counts, dtype=np.int64)) for counts in (labelled, judged))
    if a.shape != b.shape or a.ndim != 2 or (a < 0).any() or (b < 0).any():
        raise ValueError(
            f"labelled and judged must have one shape, (cells,) or (levels, cells), and not be negative: they have {a.shape} and {b.shape}."
        )
    if a.sum() == 0 or b.sum() == 0:
        return Shift(1.0, 0.0 if b.sum() == 0 else 1.0, 0.0, bool(b.sum() > 0))
    random = np.random.default_rng(seed)
    draws = max(min(draws, _CHUNK // a.shape[1]), 200)
    seen, drawn = 0.0, np.zeros(draws)
    apart = 0.0
    bare = b.sum(axis=0)[a.sum(axis=0) == 0].sum()
    covered = np.zeros((draws, a.shape[1]), dtype=bool)
    for ours, theirs in zip(a, b, strict=True):
        total, labels = ours + theirs, int(ours.sum())
        whole = int(total.sum())
        if labels in (0, whole):
            continue
        expected = total * labels / whole
        scale = np.divide(1.0, expected, out=np.zeros(expected.shape), where=expected > 0)
        chance = random.multivariate_hypergeometric(total, labels, size=draws, method="marginals")
        seen += float(((ours - expected) ** 2 * scale).sum())
        drawn += ((chance - expected) ** 2 * scale).sum(axis=1)
        apart += theirs.sum() / b.sum() * 0.5 * float(np.abs(ours / labels - theirs / theirs.sum()).sum())
        covered |= chance > 0
    p_value = (1 + int((drawn >= seen - 1e-9).sum())) / (draws + 1)
    uncovered = float(bare / b.sum())
    by_chance = (~covered * b.sum(axis=0)).sum(axis=1)
    bare_p = (1 + int((by_chance >= bare).sum())) / (draws + 1)
    moved = (p_value <= 0.01 and apart >= 0.05) or (uncovered >= 0.2 and bare_p <= 0.01)
    return Shift(p_value, uncovered, float(apart), bool(moved))


def labels_too_old(ages_days: ArrayLike, labelled: ArrayLike, counted: ArrayLike, *, old_after_days: float = OLD_AFTER_DAYS) -> str | None:
    """A sentence where the newest labelled unit is more than old_after_days older than the newest counted one, else None.

    ages_days: shape (n,), NaN where unknown. labelled, counted: shape (n,), booleans.
    """
    age = np.asarray(ages_days, dtype=np.float64)
    known = np.isfinite(age)
    with_label, asked = (known & np.asarray(chosen, dtype=bool) for chosen in (labelled, counted))
    if not with_label.any() or not asked.any():
        return None
    behind = float(age[with_label].min() - age[asked].min())
    if behind <= old_after_days:
        return None
    return f"Labels are old: the newest is {behind:.0f} days behind the traffic, and {old_after_days:g} are allowed. Label some of it."
