"""Datasets as one thing, though their names are in the configuration database and their items in the telemetry store.

A version is begun in the one, its items are written to the other, then it is committed in the first: whoever reads, reads committed
versions only, so that a write which was broken off changes nothing.
"""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import orjson

from sightline.errors import BadRequestError
from sightline.store.config.config import Configuration
from sightline.store.config.datasets import Counts, Dataset, DatasetVersion
from sightline.store.telemetry.collecting import ItemRow
from sightline.store.telemetry.store import Store

_KNOWN = (files("sightline.store.telemetry") / "sql" / "dataset_known.sql").read_text()


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to be kept. input, expected, context: anything that JSON can say, None where there is none. `id` is made of where it came
    from, else of its input, unless it is given: the same again is the same item."""

    input: Any
    expected: Any = None
    context: Any = None
    metadata: Mapping[str, Any] | None = None
    id: str = ""
    trace_id: str = ""
    span_id: str = ""


@dataclass(frozen=True, slots=True)
class DatasetLimits:
    """Items of a dataset, and bytes of an item as JSON, at the most."""

    items: int = 100_000
    item_bytes: int = 1 << 20


class DatasetKeeper:
    """Changes datasets; changes of one dataset take turns."""

    def __init__(self, config: Configuration, store: Store, limits: DatasetLimits) -> None:
        self._config = config
        self._store = store
        self._limits = limits
        self._turns: dict[str, asyncio.Lock] = {}

    async def put(
        self,
        dataset: Dataset,
        items: Sequence[NewItem],
        *,
        remove: Collection[str] = (),
        whole: bool = False,
        author: str,
        origin: Mapping[str, Any],
    ) -> DatasetVersion | None:
        """A new version with these items added, or in place of those that have their ids; None where that would change nothing.

        remove: ids of items that are to go. whole: all others go too. Raises BadRequestError for an item that can't be, or too many of
        them; StoreError.
        """
        rows = [self._row(dataset, place, item) for place, item in enumerate(items)]
        async with self._turns.setdefault(dataset.id, asyncio.Lock()):
            known = await self._known(dataset)
            given = {row.item_id: row for row in rows}  # of one id the last holds
            gone = {id_ for id_ in (known if whole else remove) if id_ in known and id_ not in given}
            fresh = [row for row in given.values() if known.get(row.item_id, ("", 0))[0] != row.digest]
            if not fresh and not gone:
                return None
            added = [row for row in fresh if row.item_id not in known]
            total = len(known) + len(added) - len(gone)
            if total > self._limits.items:
                raise BadRequestError(
                    f"items: Dataset {dataset.name!r} would have {total:,} items, and {self._limits.items:,} are allowed: "
                    "take fewer, make another dataset, or raise dataset_items."
                )
            version = await self._config.datasets.begin(dataset.id, author=author, origin=origin)
            last = max((position for _, position in known.values()), default=0)
            places = {row.item_id: known[row.item_id][1] if row.item_id in known else last + 1 + n for n, row in enumerate(fresh)}
            wanted = [replace(row, version=version, position=places[row.item_id]) for row in fresh]
            wanted += [ItemRow(dataset.project, dataset.id, id_, version, known[id_][1], removed=True) for id_ in sorted(gone)]
            await self._store.add_items(wanted)
            return await self._config.datasets.commit(dataset.id, version, Counts(len(added), len(fresh) - len(added), len(gone), total))

    async def remove(self, project: str, id_: str) -> None:
        """Delete a dataset with its items, and the experiments over it with their results. Raises NotFoundError."""
        dataset = await self._config.datasets.get(project, id_)
        for experiment in await self._config.experiments.all(project, dataset_id=dataset.id):
            await self._store.forget_experiment(project, experiment.id)
        await self._config.datasets.remove(project, dataset.id)
        await self._store.forget_dataset(project, dataset.id)

    async def _known(self, dataset: Dataset) -> dict[str, tuple[str, int]]:
        """Id → (digest, position) of the items of its latest version."""
        versions = [version.version for version in await self._config.datasets.versions(dataset.id)]
        asked = {"project": dataset.project, "dataset_id": dataset.id, "versions": versions}
        return {row["item_id"]: (row["digest"], row["position"]) for row in await self._store.rows(_KNOWN, asked)}

    def _row(self, dataset: Dataset, place: int, item: NewItem) -> ItemRow:
        if item.input is None:
            raise BadRequestError(f"items.{place}: An item has an input; what is expected and its context may be left out.")
        texts = [_json(place, value) for value in (item.input, item.expected, item.context, dict(item.metadata or {}))]
        size = sum(len(text.encode()) for text in texts)
        if size > self._limits.item_bytes:
            raise BadRequestError(
                f"items.{place}: It has {size:,} bytes, and {self._limits.item_bytes:,} are allowed: leave out what is not needed, "
                "or raise dataset_item_bytes."
            )
        id_ = item.id or _digest([item.trace_id, item.span_id] if item.trace_id else [texts[0]])[:16]
        digest = _digest([*texts, item.trace_id, item.span_id])
        input_, expected, context, metadata = texts
        return ItemRow(
            dataset.project, dataset.id, id_, 0, 0, False, digest, input_, expected, context, metadata, item.trace_id, item.span_id
        )


def _json(place: int, value: Any) -> str:
    if value is None:
        return ""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, RecursionError, UnicodeError) as error:
        raise BadRequestError(f"items.{place}: It holds what JSON in UTF-8 can't say ({error}).") from error


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256(orjson.dumps(list(texts))).hexdigest()
