"""Whether a judge of pairs says the same when the two are swapped, and which place it prefers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sightline.errors import BadTableError
from sightline.stats.bias import sign_test
from sightline.stats.intervals import LEVEL, Array, Interval, share

LEAST_CONSISTENT = 0.9

_FIRST = frozenset({"a>b", "a>>b", "a", "first", "1", "model_a", "output_a", "left"})
_SECOND = frozenset({"b>a", "b>>a", "b", "second", "2", "model_b", "output_b", "right"})
_TIE = frozenset({"a=b", "b=a", "tie", "equal", "both", "0", "same"})


@dataclass(frozen=True, slots=True)
class OrderConsistency:
    """`pairs`: judged in both orders; `missing`: in one or none. `consistent`: share with the same answer both times, a tie twice
    included. `decisive_share`: share with the same winner both times. `first_preferred`: where the two answers name different winners:
    how often it was the place shown first twice, ½ being no preference; NaN without such pairs. `position_p_value`: of no preference.
    `right_in_both`: share of the pairs with a label where both answers are that label. `flagged`: the verdict is 'inconsistent'."""

    pairs: int
    missing: int
    consistent: Interval
    decisive_share: float
    first_preferred: Interval
    position_p_value: float
    right_in_both: Interval
    verdict: Literal["consistent", "unclear", "inconsistent"]
    flagged: bool
    reason: str


def order_consistency(first: ArrayLike, second: ArrayLike, label: ArrayLike | None = None, *, level: float = LEVEL) -> OrderConsistency:
    """Compare a judge's verdicts on pairs with those on the same pairs swapped.

    first, second, label: shape (n,): 1 where A is better, −1 where B is, 0 for a tie, NaN where nothing was said; **of the same A and
    B**: second is turned back already. *Inconsistent*: Wilson's interval of the share of pairs with the same answer lies below 0.9;
    *consistent*: it reaches 0.9 or its value does and it holds 0.9; *unclear*: it holds 0.9 and the value lies below. Raises ValueError
    where shapes differ.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    truth = np.full(a.shape, np.nan) if label is None else np.asarray(label, dtype=np.float64)
    if not a.shape == b.shape == truth.shape or a.ndim != 1:
        raise ValueError(f"first, second and label must have one shape (n,): they have {a.shape}, {b.shape} and {truth.shape}.")
    both = np.isfinite(a) & np.isfinite(b)
    pairs, same = int(both.sum()), int((a == b)[both].sum())
    decisive = int(((a == b) & (a != 0))[both].sum())
    to_first, to_second = int(((a == 1) & (b == -1)).sum()), int(((a == -1) & (b == 1)).sum())
    labelled = both & np.isfinite(truth)
    right = int(((a == truth) & (b == truth))[labelled].sum())
    consistent = share(same, pairs, level=level)
    p_value = sign_test(to_first, to_second)
    verdict: Literal["consistent", "unclear", "inconsistent"] = "unclear"
    if consistent.high < LEAST_CONSISTENT:
        verdict = "inconsistent"
    elif consistent.value >= LEAST_CONSISTENT:
        verdict = "consistent"
    return OrderConsistency(
        pairs, int(a.size - pairs), consistent, decisive / pairs if pairs else float("nan"),
        share(to_first, to_first + to_second, level=level), p_value, share(right, int(labelled.sum()), level=level), verdict,
        verdict == "inconsistent", _reason(consistent, to_first, to_second, p_value, verdict, pairs),
    )  # fmt: skip


def read_preferences(values: Sequence[str], column: str) -> Array:
    """Words for 'A is better', 'B is better' and 'a tie' as 1, −1 and 0; NaN for an empty one. Raises BadTableError for other words."""
    found = np.full(len(values), np.nan)
    for i, value in enumerate(values):
        word = value.strip().lower()
        if word in _FIRST:
            found[i] = 1
        elif word in _SECOND:
            found[i] = -1
        elif word in _TIE:
            found[i] = 0
        elif word:
            raise BadTableError(f"column {column!r} holds {value!r}, which names no winner: write A>B, B>A or A=B (or A, B, tie).")
    return found


def _reason(consistent: Interval, to_first: int, to_second: int, p_value: float, verdict: str, pairs: int) -> str:
    if pairs == 0:
        return "No pair was judged in both orders."
    said = f"{consistent.value:.0%} of {pairs:,} pairs ({consistent.low:.0%} to {consistent.high:.0%}) have the same verdict in both orders"
    if verdict == "consistent":
        return f"{said}."
    place = ""
    if p_value <= 0.05:
        place = f"; where the order decides it prefers the {'first' if to_first > to_second else 'second'} ({to_first} to {to_second})"
    end = "one in ten may change with the order" if verdict == "inconsistent" else "too few pairs to tell it from 90 %"
    return f"{said}, {end}{place}. Judge both orders and count what changes as a tie."
