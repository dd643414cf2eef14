"""How good one ranking of documents is, by what is known of their relevance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sightline.stats.intervals import Array


@dataclass(frozen=True, slots=True)
class Ranking:
    """Of the first k judged documents: `precision` relevant; `ndcg` 1 for the best order of what was judged; `reciprocal_rank` 1 ÷ place
    of the first relevant one, 0 without; `hit` whether there is one. NaN where nothing was judged, and `ndcg` where nothing is worth
    anything. `judged`: share of the first k documents, judged or not, that were judged."""

    precision: float
    ndcg: float
    reciprocal_rank: float
    hit: float
    judged: float


def ranking(gains: Sequence[float | None], *, k: int, relevant: float = 1.0, others: Sequence[float] = ()) -> Ranking:
    """Look at a ranking's documents from the first on.

    gains: relevance of each document in the order shown, not negative, None where nobody judged it. relevant: the gain from which on a
    document is relevant. others: gains of judged documents that the ranking does not have: the best order would have shown them. k: 1
    or more (else ValueError). Documents that nobody judged are left out and the rest moves up, which is less biased against what was
    never pooled than taking them for irrelevant. nDCG: gain / log2(place + 1). Sources: Järvelin & Kekäläinen (2002), ACM TOIS 20,
    422-446; condensed lists: Sakai (2007), Alternatives to Bpref, SIGIR.
    """
    if k < 1:
        raise ValueError(f"k counts documents from the first on, 1 or more: this is {k}.")
    known = np.array([gain for gain in gains if gain is not None][:k], dtype=np.float64)
    shown = len(gains[:k])
    judged = sum(gain is not None for gain in gains[:k]) / shown if shown else float("nan")
    if known.size == 0:
        unknown = float("nan")
        return Ranking(unknown, unknown, unknown, unknown, judged)
    good = known >= relevant
    first = int(good.argmax()) + 1 if good.any() else 0
    everything = np.sort([*(gain for gain in gains if gain is not None), *others])[::-1][:k]
    best = _discounted(everything)
    return Ranking(
        float(good.mean()), _discounted(known) / best if best > 0 else float("nan"), 1 / first if first else 0.0, float(good.any()), judged
    )


def _discounted(gains: Array) -> float:
    return float((gains / np.log2(np.arange(gains.size) + 2)).sum())
