"""Whether a judge may be used: usable, weak or not usable, with the reason in words; and how many labels would say more."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from sightline.stats.intervals import Interval
from sightline.stats.people import People

Verdict = Literal["usable", "weak", "not usable"]

LEAST_AGREEMENT = 0.4  # of kappa: Landis & Koch's border of 'fair' and 'moderate'
MOST_WIDTH = 0.85  # of the interval that labels alone would give: less is not worth a judge
FEWEST_LABELS = 10


@dataclass(frozen=True, slots=True)
class Fitness:
    """`verdict`, and `reason`: one or two sentences for a person. `labels_to_decide`: how many in all would settle a weak one, None
    where it is settled or where labels won't."""

    verdict: Verdict
    reason: str
    labels_to_decide: int | None = None


def fit_for_use(agreement: Interval, *, width_ratio: float, labels: float, measure: str = "kappa") -> Fitness:
    """Judge the judge.

    agreement: with people, beyond chance, and its interval (Cohen's kappa, weighted for ordinal scales). width_ratio: of the
    corrected interval to that of the same labels alone, where much more is judged than labelled. labels: how many there are. measure: what
    `agreement` is called.

    *Not usable*: the interval of agreement lies below 0.4. *Usable*: it lies above, and the judge makes the interval at least 15 %
    narrower than the labels alone would. *Weak*: anything else.
    """
    said = f"{measure} {agreement.value:.2f} ({agreement.low:.2f} to {agreement.high:.2f})"
    if labels < FEWEST_LABELS or not math.isfinite(agreement.value):
        return Fitness("weak", _unknown(agreement, labels, measure), FEWEST_LABELS if labels < FEWEST_LABELS else None)
    if agreement.high < LEAST_AGREEMENT:
        return Fitness("not usable", f"It agrees with people little more than chance would: {said} lies below {LEAST_AGREEMENT}.")
    if agreement.low <= LEAST_AGREEMENT:
        needed = labels_to_exclude(agreement, LEAST_AGREEMENT, labels)
        more = (
            "more labels would hardly settle it."
            if needed is None
            else f"about {needed:,} labels in all would settle it, if agreement stays as it is."
        )
        return Fitness("weak", f"{said} does not exclude {LEAST_AGREEMENT} with {labels:,.0f} labels: {more}", needed)
    if width_ratio > MOST_WIDTH:
        return Fitness(
            "weak",
            f"It agrees with people ({said}), but it makes the interval only {max(1 - width_ratio, 0):.0%} narrower than the labels alone.",
        )
    return Fitness(
        "usable",
        f"{said} lies above {LEAST_AGREEMENT}, and the interval is {1 - width_ratio:.0%} narrower than the labels alone would give.",
    )


def beside_people(of: Fitness, agreement: Interval, people: People) -> Fitness:
    """The same verdict, its reason read beside how far people agree with each other: no judge can be asked for more."""
    if not math.isfinite(people.alpha.value):
        return of
    said = f" People agree with each other at alpha {people.alpha.value:.2f} ({people.alpha.low:.2f} to {people.alpha.high:.2f})"
    if people.alpha.high < LEAST_AGREEMENT:
        return replace(of, reason=f"{of.reason}{said}: the rubric, not the judge, is what to mend first.")
    as_well = ", the judge about as well" if math.isfinite(agreement.high) and agreement.high >= people.alpha.low else ""
    return replace(of, reason=f"{of.reason}{said}{as_well}; {people.ceiling:.2f} is the most to expect of a judge.")


def labels_to_exclude(agreement: Interval, border: float, labels: float) -> int | None:
    """Labels in all until the interval, narrowing as 1/√n about the same value, leaves `border`; None above 20 times as many."""
    distance = abs(agreement.value - border)
    half = agreement.high - agreement.value if agreement.value < border else agreement.value - agreement.low
    if distance * math.sqrt(20) < half:
        return None
    return math.ceil(labels * max((half / distance) ** 2, 1) - 1e-6)


def _unknown(agreement: Interval, labels: float, measure: str) -> str:
    if labels < FEWEST_LABELS:
        return f"{labels:,.0f} labels are too few to say: {FEWEST_LABELS} are the least, 50 to 200 are usual."
    return f"{measure} can't be told: people or judge gave all {labels:,.0f} labelled units the same verdict."
