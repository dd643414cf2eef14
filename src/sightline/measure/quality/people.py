"""How far people agree with each other, and who with whom."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations

import numpy as np

from sightline.measure.quality.asking import Asked, Json, Scored, statement, verdicts_of
from sightline.measure.quality.calibration import people_told
from sightline.measure.quality.reading import MOST_LABELS, finite, interval, ratings_of
from sightline.query import UNITS_NS, Reader, Row, Scene, Window
from sightline.stats.agreement import Distance, cohen_kappa, confusion, kappa_interval
from sightline.stats.people import people_agreement
from sightline.store import Unit

_DAY_NS = UNITS_NS["d"]
_MOST_PAIRS = 30
_FEWEST_IN_COMMON = 2


async def agreement(reader: Reader, scored: Scored, *, now_ns: int, days: int) -> dict[str, Json]:
    """The answer of GET /reviews/{judge}/agreement: of the last `days`."""
    asked = Asked(Scene(scored.project, Window(now_ns - days * _DAY_NS, now_ns + _DAY_NS), now_ns), scored, labels_days=days)
    rows = await verdicts_of(asked).ask(reader, "people", rows=MOST_LABELS)
    return await asyncio.to_thread(_agreement, scored, rows)


def _agreement(scored: Scored, rows: Sequence[Row]) -> dict[str, Json]:
    ratings = ratings_of(rows)
    distance: Distance | None = "ordinal" if scored.type == "ordinal" and not scored.rates else None
    by_rater: dict[str, list[float]] = {}
    for row in rows:
        by_rater.setdefault(row["rater"], []).append(row["human"])
    return {
        "people": None if ratings is None else people_told(people_agreement(ratings, distance=distance)),
        "raters": [
            {"rater": rater, "labels": len(said), "mean": finite(float(np.mean(said)))}
            for rater, said in sorted(by_rater.items(), key=lambda item: (-len(item[1]), item[0]))
        ],
        "pairs": _pairs(rows),
    }


async def labels_since(reader: Reader, scored: Scored, since_ns: int) -> int:
    """How many units people have labelled since then."""
    (row,) = await reader.rows(statement("labels_since"), {"project": scored.project, "name": scored.name, "since": since_ns})
    return int(row["units"])


async def said_of_unit(reader: Reader, scored: Scored, unit: Unit) -> dict[str, Json]:
    """What the judge and people said of one unit: `judge` (None where it said nothing) and `people`."""
    params = {"project": scored.project, "name": scored.name, "author": scored.author, **asdict(unit)}
    rows = await reader.rows(statement("of_unit"), params)
    said = [(row["source"], {name: row[name] for name in row if name != "source"}) for row in rows]
    return {
        "judge": next((one for source, one in said if source == "judge"), None),
        "people": [one for source, one in said if source == "person"],
    }


def _pairs(rows: Sequence[Row]) -> list[dict[str, Json]]:
    """Cohen's kappa of any two that rated the same units; those with most in common first."""
    of: dict[str, dict[int, float]] = {}
    for row in rows:
        of.setdefault(row["rater"], {})[row["unit"]] = row["human"]
    values = np.unique([row["human"] for row in rows]) if rows else np.empty(0)
    found: list[dict[str, Json]] = []
    for first, second in combinations(sorted(of), 2):
        units = sorted(of[first].keys() & of[second].keys())
        if len(units) < _FEWEST_IN_COMMON:
            continue
        one, other = (np.searchsorted(values, [of[rater][unit] for unit in units]) for rater in (first, second))
        table = confusion(one, other, levels=values.size)
        kappa = interval(kappa_interval(table)) if np.isfinite(cohen_kappa(table)) else None
        found.append({"raters": [first, second], "units": len(units), "same": float(np.trace(table) / table.sum()), "kappa": kappa})
    return sorted(found, key=lambda pair: -int(pair["units"]))[:_MOST_PAIRS]
