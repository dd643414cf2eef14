"""Is it the judge? Human-labelled anchors, judged again at a steady pace, can be moved by nothing but the judge: a test that may be
read at any time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.intervals import Array

ALPHA = 0.05
TOLERANCE = 0.02

_BETS = np.array([0.05, 0.1, 0.2, 0.4, 0.7])
_BOTH_WAYS = np.concatenate([_BETS, -_BETS])


@dataclass(frozen=True, slots=True)
class AnchorTest:
    """`evidence`: shape (batches,), the e-value after each batch: 20 means that what was seen had at most one chance in 20 under a
    judge that hasn't changed, however often one looked. `alarm`: the first batch with evidence of 1/alpha or more, counted from 0; None
    while there is none. `since`: the batch from which the judge most likely differs, with an alarm. `moved_by`: mean change since then
    (over all without an alarm), in the unit of the verdicts; positive = kinder than it was. `judged`: anchor verdicts in all."""

    evidence: Array
    alarm: int | None
    since: int | None
    moved_by: float
    judged: int


def anchor_test(batches: Sequence[ArrayLike], *, alpha: float = ALPHA, tolerance: float = TOLERANCE) -> AnchorTest:
    """Test by betting whether the judge has changed, in either direction.

    batches: of each moment, oldest first, the differences verdict − baseline of the anchors judged then, each in [−1, 1], shape
    (anchors,); empty ones are allowed. The baseline of an anchor is the judge's own mean verdict on it when it was calibrated. alpha:
    the chance of ever a false alarm. tolerance: how far the mean may lie from 0 without being a change: it has to cover the noise of
    the baselines, which doesn't average out (see `baseline_tolerance`).

    A bettor with a fixed stake λ multiplies its wealth by 1 + λ·(x − tolerance) at each verdict (1 + |λ|·(−x − tolerance) for falls):
    while the mean is within the tolerance it can't grow on average. The evidence is the mean over ten stakes and over the batch at
    which betting begins, batch t with weight 1/(t·(t + 1)): a nonnegative supermartingale that begins at 1, so P(ever ≥ 1/alpha) ≤
    alpha (Ville), whenever one looks and stops, and a change that comes late is still found: its evidence is divided by about t² only.
    Raises ValueError for differences outside [−1, 1], alpha outside (0, 1) or tolerance outside [0, 1). Sources: Waudby-Smith & Ramdas
    (2024), Estimating means of bounded random variables by betting, JRSS B 86, 1-27, arXiv 2010.09686; mixing over beginnings: Shin,
    Ramdas & Rinaldo (2024), E-detectors, arXiv 2203.03532; anchors: arXiv 2606.15474. False alarms measured: docs/calibration.md.
    """
    if not 0 < alpha < 1 or not 0 <= tolerance < 1:
        raise ValueError(f"alpha lies strictly between 0 and 1 and tolerance in 0 … 1: they are {alpha} and {tolerance}.")
    arrays = [np.asarray(batch, dtype=np.float64).ravel() for batch in batches]
    for i, x in enumerate(arrays):
        if not (np.abs(x) <= 1).all():
            raise ValueError(f"differences of verdicts lie in [−1, 1]: batch {i} has {x[~(np.abs(x) <= 1)][0]}.")
    gains = np.array([np.log1p(_BOTH_WAYS[:, None] * x - np.abs(_BOTH_WAYS)[:, None] * tolerance).sum(axis=1) for x in arrays])
    gains = gains.reshape(len(arrays), _BOTH_WAYS.size)
    wealth, waiting = np.zeros(_BOTH_WAYS.size), 1.0
    evidence = np.empty(len(arrays))
    alarm = None
    for t in range(len(arrays)):
        joining = 1 / ((t + 1) * (t + 2))
        waiting -= joining
        with np.errstate(over="ignore"):
            wealth = (wealth + joining) * np.exp(gains[t])
            evidence[t] = float(wealth.mean()) + waiting
        if alarm is None and evidence[t] >= 1 / alpha:
            alarm = t
    since = None
    if alarm is not None:
        backwards = np.cumsum(gains[alarm::-1], axis=0)  # what betting would have won that began k batches before the alarm
        since = alarm - int(np.unravel_index(np.argmax(backwards), backwards.shape)[0])
    recent = np.concatenate(arrays[since or 0 :]) if arrays else np.empty(0)
    return AnchorTest(evidence, alarm, since, float(recent.mean()) if recent.size else float("nan"), int(sum(x.size for x in arrays)))


def baseline_tolerance(judgings: ArrayLike, *, least: float = TOLERANCE) -> float:
    """The tolerance that covers the noise of baselines: three standard errors of the anchors' mean baseline, at least `least`.

    judgings: shape (anchors, repeats), the judge's verdicts on each anchor at calibration, NaN where it was asked less often. With one
    repeat the noise can't be seen, and 0.5/√anchors is taken, its largest possible standard error.
    """
    v = np.asarray(judgings, dtype=np.float64)
    repeats = np.isfinite(v).sum(axis=1)
    if (repeats < 2).all():
        return max(least, 1.5 / math.sqrt(v.shape[0]))
    some = repeats >= 2
    within = np.nanvar(v[some], axis=1, ddof=1).mean()
    variance = float(within) * float((1 / np.maximum(repeats, 1)).mean()) / int(v.shape[0])
    return max(least, 3 * math.sqrt(variance))


def who_moved(
    main_alarm: float | None, anchor_alarm: float | None, *, now: float, guard: float
) -> Literal["none", "waiting", "system", "judge"]:
    """Tell a fall of the product from a change of the judge.

    main_alarm, anchor_alarm: when the rate and the anchors alarmed, None if they have not. now, and guard: how long the anchors are
    waited for after the main alarm; all in one unit of time. 'judge': the anchors moved, before the main rate or within the guard
    window. 'system': the rate moved and the anchors stayed quiet for the guard window. 'waiting': it is not over. Only the judge can
    move anchors, so 'judge' is sure as far as the anchors' alpha; 'system' is as sure as the anchors would have been seen to move
    within the window. Source: arXiv 2606.15474, the guard-window rule.
    """
    if anchor_alarm is not None and (main_alarm is None or anchor_alarm <= main_alarm + guard):
        return "judge"
    if main_alarm is None:
        return "none"
    return "system" if now >= main_alarm + guard else "waiting"
