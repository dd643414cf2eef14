"""What a version of a dataset holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sightline.errors import NotFoundError
from sightline.query import Reader, Row, statements_in

Json = Any

statement = statements_in("sightline.measure.datasets")

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """`position` orders items and never changes; `changed` is the version that the item has been like this since."""

    id: str
    position: int
    changed: int
    input: Json
    expected: Json
    context: Json
    metadata: dict[str, Json]
    trace_id: str | None
    span_id: str | None


async def items(
    reader: Reader, project: str, dataset_id: str, versions: Sequence[int], *, after: int = 0, limit: int = _MOST
) -> list[Item]:
    """The items after a position, in order. versions: the committed ones up to that which is read."""
    return await _items(reader, "1", project=project, dataset_id=dataset_id, versions=list(versions), after=after, rows=limit)


async def item(reader: Reader, project: str, dataset_id: str, versions: Sequence[int], item_id: str) -> Item:
    """One item. Raises NotFoundError."""
    asked = {"project": project, "dataset_id": dataset_id, "versions": list(versions), "item_id": item_id}
    found = await _items(reader, "item_id = {item_id:String}", **asked, after=0, rows=1)
    if not found:
        raise NotFoundError(f"There is no item {item_id!r} in this version: GET /api/v1/datasets/{dataset_id}/items lists them.")
    return found[0]


async def _items(reader: Reader, which: str, **params: object) -> list[Item]:
    rows = await reader.rows(statement("items", which=which), params)
    return [_item(row) for row in rows]


def _item(row: Row) -> Item:
    def parsed(text: str) -> Json:
        return json.loads(text) if text else None

    return Item(
        row["item_id"], row["position"], row["changed"], parsed(row["input"]), parsed(row["expected"]), parsed(row["context"]),
        parsed(row["metadata"]) or {}, row["trace_id"] or None, row["span_id"] or None,
    )  # fmt: skip
