"""What an experiment came to: an output, an error, scores, time and cost for each repeat of each item."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sightline.measure.asking import Json, number
from sightline.query import UNITS_NS, Binder, Reader, Row, Window, statements_in
from sightline.stats.intervals import Interval, share
from sightline.stats.ratios import clustered_ratio

statement = statements_in("sightline.measure.experiments")

_MOST = 1_000_000
_TRACES = "-experiments"

Pseudo = ("error", "latency_s", "cost_usd")
"""What every result has beside its scores, under names that scores can't take from it."""


@dataclass(frozen=True, slots=True)
class Score:
    """`value` is None for a category, whose word is the label."""

    value: float | None
    label: str | None
    type: str
    explanation: str
    source: str
    author: str


@dataclass(frozen=True, slots=True)
class Result:
    """`error` is None where the run succeeded."""

    item_id: str
    repeat: int
    trace_id: str
    output: Json
    error: str | None
    latency_ns: int | None
    cost_usd: float | None
    scores: Mapping[str, Score] = field(default_factory=dict)

    def value(self, name: str, type_: str = "") -> float | None:
        """The number under a name, of a score or of what every result has. Who failed has failed every binary score."""
        if name == "error":
            return float(self.error is not None)
        if name == "latency_s":
            return None if self.latency_ns is None or self.error is not None else self.latency_ns / 1e9
        if name == "cost_usd":
            return self.cost_usd
        score = self.scores.get(name)
        if score is None:
            return 0.0 if self.error is not None and type_ == "binary" else None
        return score.value


def traces_project(project: str) -> str:
    """Where the traces of a project's experiments are, and their scores: apart, so that no figure of production holds them."""
    return f"{project}{_TRACES}"


async def done(reader: Reader, project: str, experiment_id: str) -> list[tuple[str, int, bool]]:
    """(item id, repeat, whether it failed) of what is there."""
    rows = await reader.rows(statement("results", output="''"), {"project": project, "experiment_id": experiment_id, "rows": _MOST})
    return [(row["item_id"], row["repeat"], bool(row["error"])) for row in rows]


async def results(reader: Reader, project: str, experiment_id: str, *, created_ns: int) -> list[Result]:
    """All results by item and repeat, with the scores of their traces."""
    params = {"project": project, "experiment_id": experiment_id, "traces": traces_project(project), "rows": _MOST}
    rows = await reader.rows(statement("results", output="output"), params)
    scores: dict[str, dict[str, Score]] = {}
    for row in await reader.rows(statement("scores"), params):
        score = Score(row["value"], row["label"], row["type"], row["explanation"], row["by_source"], row["by_author"])
        scores.setdefault(row["trace_id"], {})[row["name"]] = score
    costs = await _costs(reader, params, created_ns) if any(row["cost_usd"] is None for row in rows) else {}
    return [_result(row, scores.get(row["trace_id"], {}), costs) for row in rows]


def summary(found: Sequence[Result]) -> dict[str, Json]:
    """Means with intervals of everything that has numbers, items being what is independent; labels of categories counted."""
    types = types_of(found)
    names = [*types, *(name for name in Pseudo if name not in types)]
    made = []
    for name in names:
        values = [(result.value(name, types.get(name, "")), result.item_id) for result in found]
        known = [(value, item) for value, item in values if value is not None]
        made.append(
            {
                "name": name,
                "type": types.get(name, "binary" if name == "error" else "numeric"),
                "lower_is_better": name in Pseudo,
                "mean": interval_of(known),
                "labels": _labels(found, name),
            }
        )
    return {"results": len(found), "failed": sum(result.error is not None for result in found), "measures": made}


def types_of(found: Sequence[Result]) -> dict[str, str]:
    """Score name → its type, in alphabetical order."""
    types: dict[str, str] = {}
    for result in found:
        types |= {name: score.type for name, score in result.scores.items()}
    return dict(sorted(types.items()))


def interval_of(known: Sequence[tuple[float, str]]) -> dict[str, Json]:
    """The mean of values with its 95 % interval, those of one item being one observation: Wilson's for one yes or no an item."""
    values = np.array([value for value, _ in known])
    items = np.unique(np.array([item for _, item in known], dtype=str), return_inverse=True)[1]
    count = len(set(items.tolist()))
    if count == len(known) and len(known) and np.isin(values, (0, 1)).all():
        found = share(float(values.sum()), float(values.size))
    else:
        found = clustered_ratio(values, np.ones(values.size), items)
    return {**shown(found), "items": count}


def shown(found: Interval) -> dict[str, Json]:
    """An interval as answers give it; open ends are null."""
    return {"value": number(found.value), "low": number(found.low), "high": number(found.high)}


def _labels(found: Sequence[Result], name: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for result in found:
        score = result.scores.get(name)
        if score is not None and score.label:
            counts[score.label] = counts.get(score.label, 0) + 1
    return dict(sorted(counts.items(), key=lambda one: -one[1])[:20])


async def _costs(reader: Reader, params: Mapping[str, object], created_ns: int) -> dict[str, float | None]:
    binder = Binder(dict(params))
    # an experiment may be resumed for weeks; its traces begin after it was made
    window = binder.traces_in(Window(created_ns - UNITS_NS["h"], created_ns + 60 * UNITS_NS["d"]))
    return {row["trace_id"]: row["cost_usd"] for row in await reader.rows(statement("costs", window=window), binder.params)}


def _result(row: Row, scores: Mapping[str, Score], costs: Mapping[str, float | None]) -> Result:
    cost = row["cost_usd"] if row["cost_usd"] is not None else costs.get(row["trace_id"])
    output = json.loads(row["output"]) if row["output"] else None
    return Result(row["item_id"], row["repeat"], row["trace_id"], output, row["error"] or None, row["latency_ns"], cost, scores)


def as_json(result: Result) -> dict[str, Any]:
    """As answers give it."""
    return {name: getattr(result, name) for name in ("item_id", "repeat", "trace_id", "output", "error", "latency_ns", "cost_usd")} | {
        "scores": {name: {part: getattr(score, part) for part in Score.__slots__} for name, score in result.scores.items()}
    }
