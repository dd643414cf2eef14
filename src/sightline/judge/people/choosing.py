"""Which units people are asked about: a uniform core, and those that say most, with the probability of each."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from sightline.query import Reader, Row, as_datetime, statements_in
from sightline.stats.intervals import Array
from sightline.stats.labelling import draw_labels, label_probabilities
from sightline.store import Drawn, ReviewItem, ReviewPlan, Unit

statement = statements_in("sightline.judge.people")

MOST_CANDIDATES = 20_000
_RARE = 0.25  # a verdict of less than a quarter of the units


@dataclass(frozen=True, slots=True)
class Draw:
    """`items` to add to the queue, drawn from `units` that were judged."""

    items: Sequence[ReviewItem]
    units: int


async def draw(
    reader: Reader, plan: ReviewPlan, *, name: str, said: str, passes: Sequence[str], labels: int, from_ns: int, since_ns: int,
    asked: Collection[Unit], seed: int | None = None,
) -> Draw:  # fmt: skip
    """Draw `labels` of the units that the plan's judge judged since `since_ns` and that began after `from_ns`, less those `asked` about.

    name: of the score. said, passes: its number as SQL and the labels that pass (`Scored.said`). A part of the plan is drawn from all
    alike, the rest in proportion to how far judges disagree, how unsure the judge is, and whether its verdict is a rare one. Of more
    than MOST_CANDIDATES units so many are taken by chance first; the probability that is kept is that of both steps.
    """
    seed = time.time_ns() % 2**32 if seed is None else seed
    params = {
        "project": plan.project,
        "author": plan.judge,
        "name": name,
        "passes": list(passes),
        "from": from_ns,
        "since": since_ns,
        "asked": [f"{unit.target}/{unit.trace_id}/{unit.span_id}/{unit.session_id}" for unit in asked],
        "seed": seed,
        "rows": MOST_CANDIDATES,
    }
    rows = await reader.rows(statement("candidates", said=said), params)
    if not rows or labels <= 0:
        return Draw((), rows[0]["units"] if rows else 0)
    taken = len(rows) / rows[0]["units"]
    parts = interests(rows)
    interest = sum(parts.values(), np.zeros(len(rows)))
    wanted = min(labels, len(rows))
    probabilities = label_probabilities(interest, wanted, core=plan.core)
    chosen = draw_labels(probabilities, seed=seed)
    order = np.random.default_rng(seed + 1).permutation(chosen)  # raters see them mixed: what was drawn for its interest tells the verdict
    items = [
        _item(plan, rows[i], float(probabilities[i]) * taken, _why(i, parts, plan.core, interest), n) for n, i in enumerate(order.tolist())
    ]
    return Draw(items, rows[0]["units"])


def interests(rows: Sequence[Row]) -> dict[Drawn, Array]:
    """What makes units worth a label, each between 0 and 1: shape (rows,)."""
    said = np.array([row["said"] for row in rows], dtype=np.float64)
    apart = np.array([row["disagreement"] for row in rows], dtype=np.float64)
    sure = np.array([np.nan if row["confidence"] is None else row["confidence"] for row in rows], dtype=np.float64)
    values, at, counts = np.unique(said, return_inverse=True, return_counts=True)
    rare = (counts[at] < _RARE * said.size) & (values.size <= 10)
    most = apart.max()
    return {
        "disagreement": apart / most if most > 0 else apart,
        "uncertain": np.clip(1 - np.nan_to_num(sure, nan=1.0), 0, 1),
        "rare": rare.astype(np.float64) / 2,
    }


def _why(i: int, parts: dict[Drawn, Array], core: float, interest: Array) -> Drawn:
    """What most of a unit's probability is made of: the core, and whatever all have alike, or what makes it stand out."""
    own, usual = float(interest[i]), float(interest.mean())
    if usual <= 0 or core + (1 - core) * min(own / usual, 1) >= (1 - core) * (own / usual - 1):
        return "core"
    return max(parts, key=lambda part: float(parts[part][i]))


def _item(plan: ReviewPlan, row: Row, probability: float, drawn: Drawn, position: int) -> ReviewItem:
    unit = Unit(row["target"], row["trace_id"], row["span_id"], row["session_id"])
    return ReviewItem(plan.project, plan.judge, row["version"], unit, as_datetime(row["start_ns"]), drawn, min(probability, 1.0), position)
