"""Two experiments compared, item by item: by how much they differ, and whether a gate lets the second through."""

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np

from sightline.errors import BadRequestError
from sightline.measure.asking import Json, number
from sightline.measure.experiments.results import Pseudo, Result, interval_of, shown, types_of
from sightline.stats.experiments import Comparison, compare_means, compare_rates, gate, items_to_pass
from sightline.stats.intervals import Interval

Outcome = Literal["pass", "regression", "not enough data"]

LOWER_IS_BETTER: Collection[str] = Pseudo

_OUTCOMES: dict[str, Outcome] = {"passed": "pass", "failed": "regression", "not enough data": "not enough data"}


def compare(
    first: Sequence[Result],
    second: Sequence[Result],
    *,
    same: Collection[str],
    scores: Sequence[str],
    margin: float,
    lower: Collection[str],
) -> dict[str, Json]:
    """What of the second is better or worse than of the first.

    same: ids of the items that both were run over, unchanged. scores: what the gate looks at; all scores without. margin: the loss that
    doesn't matter, in each score's own unit. lower: names of scores of which less is better, besides error, latency_s and cost_usd. The
    gate's outcome is the worst of its scores. Raises BadRequestError for a score that neither has.
    """
    types = types_of(first) | types_of(second)
    unknown = [name for name in scores if name not in types and name not in Pseudo]
    if unknown:
        known = ", ".join([*types, *Pseudo])
        raise BadRequestError(f"score: Neither experiment has a score {unknown[0]!r}: there are {known}.")
    pairs = [[result for result in of if result.item_id in same] for of in (first, second)]
    made = []
    for name in [*types, *(name for name in Pseudo if name not in types)]:
        if types.get(name) == "categorical":
            continue
        made.append(_measure(name, types.get(name, ""), pairs, margin, less=name in lower or name in Pseudo))
    gated = [one for one in made if one["name"] in (scores or types)]
    return {
        "items": len({r.item_id for r in pairs[0]} & {r.item_id for r in pairs[1]}),
        "margin": margin,
        "outcome": _worst([one["outcome"] for one in gated]),
        "gated": [one["name"] for one in gated],
        "measures": made,
        "differing": _differing(pairs, [one for one in made if one["name"] in types], types),
    }


def _measure(name: str, type_: str, pairs: Sequence[Sequence[Result]], margin: float, *, less: bool) -> dict[str, Json]:
    by_item = [_values(of, name, type_) for of in pairs]
    items = sorted(by_item[0].keys() & by_item[1].keys())
    a, b = (np.array([np.mean(of[item]) for item in items]) for of in by_item)
    single = all(len(of[item]) == 1 for of in by_item for item in items)
    yes_or_no = (type_ == "binary" or name == "error") and single
    found = compare_rates(a, b) if yes_or_no else compare_means(a, b)
    towards = _turned(found) if less else found
    return {
        "name": name,
        "type": type_ or ("binary" if name == "error" else "numeric"),
        "lower_is_better": less,
        "first": interval_of([(value, item) for item in items for value in by_item[0][item]]),
        "second": interval_of([(value, item) for item in items for value in by_item[1][item]]),
        "difference": shown(found.difference),
        "p_value": number(found.p_value),
        "items": found.items,
        "better": towards.better,
        "worse": towards.worse,
        "same": found.same,
        "method": found.method,
        "outcome": _OUTCOMES[gate(towards, margin=margin)] if found.items else "not enough data",
        "items_to_decide": items_to_pass(towards, margin=margin) if found.items else None,
    }


def _turned(of: Comparison) -> Comparison:
    """The same where less is better."""
    turned = Interval(-of.difference.value, -of.difference.high, -of.difference.low)
    return Comparison(turned, of.p_value, of.items, of.worse, of.better, of.same, of.method)


def _values(of: Sequence[Result], name: str, type_: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for result in of:
        value = result.value(name, type_)
        if value is not None:
            found.setdefault(result.item_id, []).append(value)
    return found


def _worst(outcomes: Sequence[str]) -> Outcome:
    if "regression" in outcomes:
        return "regression"
    return "not enough data" if not outcomes or "not enough data" in outcomes else "pass"


def _differing(pairs: Sequence[Sequence[Result]], measures: Sequence[dict[str, Json]], types: dict[str, str]) -> list[dict[str, Json]]:
    """Items by the most that any score lost or won, the losses first; what no score tells apart is left out."""
    rows: dict[str, dict[str, Json]] = {}
    for one in measures:
        by_item = [_values(of, one["name"], types[one["name"]]) for of in pairs]
        sign = -1 if one["lower_is_better"] else 1
        scale = max((abs(v) for of in by_item for values in of.values() for v in values), default=1.0) or 1.0
        for item in by_item[0].keys() & by_item[1].keys():
            before, after = (float(np.mean(of[item])) for of in by_item)
            if before != after:
                row = rows.setdefault(item, {"item_id": item, "change": 0.0, "scores": {}})
                row["scores"][one["name"]] = {"first": before, "second": after}
                change = sign * (after - before) / scale
                if abs(change) > abs(row["change"]) or (abs(change) == abs(row["change"]) and change < 0):
                    row["change"] = change
    return sorted(rows.values(), key=lambda row: (row["change"], row["item_id"]))
