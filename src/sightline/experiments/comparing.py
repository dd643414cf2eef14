"""What a run is compared with, and the words for what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sightline.experiments.client import Client, ServerSaidNoError

LAST = "last"

Outcome = Literal["pass", "regression", "not enough data"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`answer` of GET /experiments/compare."""

    answer: Mapping[str, Any]

    @property
    def outcome(self) -> Outcome:
        """Of all scores that are gated."""
        found: Outcome = self.answer["outcome"]
        return found

    def lines(self) -> list[str]:
        """What came of it, a line a measure, for a terminal or a test's report."""
        first, second = self.answer["first"], self.answer["second"]
        head = f"{second['name']} {second['id'][:8]} against {first['name']} {first['id'][:8]}, {self.answer['items']:,} items in common"
        if self.answer["changed_items"]:
            head += f" ({self.answer['changed_items']:,} left out: the dataset has changed them)"
        return [head, *(_line(one, gated=one["name"] in self.answer["gated"]) for one in self.answer["measures"])]


def compare_with(
    client: Client, experiment: Mapping[str, Any], against: str, *, scores: Sequence[str], margin: float, lower: Sequence[str] = ()
) -> Comparison | None:
    """An experiment against another: its id, or `last` for the latest finished one before it with its name over its dataset; None where
    there is no such one yet. Raises ServerSaidNoError."""
    first = against
    if against == LAST:
        of_dataset = client.get("/experiments", dataset=experiment["dataset_id"])["experiments"]
        before = [
            one for one in of_dataset if one["name"] == experiment["name"] and one["finished"] and one["created"] < experiment["created"]
        ]
        if not before:
            return None
        first = before[0]["id"]
    if first == experiment["id"]:
        raise ServerSaidNoError("An experiment can't be compared with itself.")
    return Comparison(
        client.get("/experiments/compare", first=first, second=experiment["id"], score=list(scores), margin=margin, lower=list(lower))
    )


def _line(one: Mapping[str, Any], *, gated: bool) -> str:
    difference = one["difference"]
    between = "" if difference["low"] is None else f" ({difference['low']:+.4g} to {difference['high']:+.4g})"
    values = " → ".join("–" if one[side]["value"] is None else f"{one[side]['value']:.4g}" for side in ("first", "second"))
    moved = "–" if difference["value"] is None else f"{difference['value']:+.4g}"
    said = f"  {one['name']}: {values}, {moved}{between}, {one['better']} better, {one['worse']} worse of {one['items']}"
    if not gated:
        return said
    more = one["items_to_decide"]
    wanted = f" (about {more:,} items would decide)" if one["outcome"] == "not enough data" and more else ""
    return f"{said}: {one['outcome']}{wanted}"
