"""Whether what is searched for has moved since the window before: by n-grams of the queries, and by embeddings where there are any."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from sightline.errors import BadRequestError
from sightline.measure.retrieval.asking import Asked, Json, Searches, searches
from sightline.query import PICKED, UNITS_NS, Reader, Row, SpanContent, read_contents
from sightline.stats.drift import Drift, counted_drift, embedding_drift
from sightline.stats.intervals import Array

BINS = 512
MOVED_BELOW = 0.02
_MOST_QUERIES = 100_000
_FEW = 5
_BLOCKS = ("d", "h", "m")


async def drift(reader: Reader, asked: Asked, *, kind: str, embeddings: int) -> dict[str, Json]:
    """The answer of GET /retrieval/drift. embeddings: how many vectors of each window are read at the most, 0 none.

    Raises BadRequestError for a window without a beginning, which has none before it; else as a filter does.
    """
    previous = asked.previous
    if previous is None:
        raise BadRequestError("from: Drift compares a window with the one before it: say when it begins.")
    asking = searches(asked, kind, window=asked.both, groups=False)
    (counts,) = await asking.ask(reader, "queries")
    queries = counts["now"] + counts["before"]
    one_in = max(1, -(-queries // _MOST_QUERIES))
    width, unit = _block(asked)
    rows, vectors = await asyncio.gather(
        asking.ask(reader, "grams", width=width, bins=BINS, one_in=one_in), _embedded(reader, asked, asking, embeddings)
    )
    before, now = (_blocks([row for row in rows if bool(row["is_now"]) is of]) for of in (False, True))
    moved = counted_drift(before, now)
    return {
        **asked.windows(),
        "queries": counts["now"],
        "previous_queries": counts["before"],
        "block": unit,
        "drift": _said(moved),
        "unusual": await _unusual(reader, asking, before, now, one_in),
        "embeddings": None if vectors is None else {**_said(vectors[0]), "vectors": vectors[1]},
    }


def _said(found: Drift) -> dict[str, Json]:
    return {**asdict(found), "moved": found.enough and found.p_value <= MOVED_BELOW}


def _block(asked: Asked) -> tuple[int, str]:
    """Days where either window has five or more of them, else hours, else minutes: what is near in time is alike."""
    both, previous = asked.both, asked.previous
    wide = ((previous.to_ns if previous else 0) - both.from_ns) or 1
    unit = next((unit for unit in _BLOCKS if wide >= _FEW * UNITS_NS[unit]), _BLOCKS[-1])
    return UNITS_NS[unit], {"d": "day", "h": "hour", "m": "minute"}[unit]


def _blocks(rows: Sequence[Row]) -> Array:
    names = sorted({row["block"] for row in rows})
    at = {name: i for i, name in enumerate(names)}
    found = np.zeros((len(names), BINS))
    for row in rows:
        found[at[row["block"]], row["bin"]] += row["mass"]
    return found


async def _unusual(reader: Reader, asking: Searches, before: Array, now: Array, one_in: int) -> list[dict[str, Json]]:
    """Queries that are the least like those before, with how many times as frequent their n-grams have become."""
    if not before.size or not now.size:
        return []
    was, is_ = ((of.sum(axis=0) + 0.5) / (of.sum() + 0.5 * BINS) for of in (before, now))
    ratios = np.log(is_ / was)
    rows = await asking.ask(reader, "unusual", bins=BINS, ratios=[float(r) for r in ratios], one_in=one_in)
    return [
        {"query": row["query"][:500], "times": row["times"], "more": float(np.exp(row["score"])), "trace_id": row["trace_id"]}
        for row in rows
        if row["score"] > 0
    ]


async def _embedded(reader: Reader, asked: Asked, asking: Searches, most: int) -> tuple[Drift, int] | None:
    if most == 0:
        return None
    rows = await asking.ask(reader, "embedded", parts={"columns": PICKED}, rows=most)
    width, _ = _block(asked)
    vectors: list[tuple[list[float], int, bool]] = []
    for one in await read_contents(reader, asked.scene.project, rows):
        vector = _vector(one)
        if vector is not None:
            is_now = bool(one.span["is_now"])
            # a block that the border of the windows cuts is two
            vectors.append((vector, 2 * (one.span["start_ns"] // width) + is_now, is_now))
    if not vectors:
        return None
    common = max({len(vector) for vector, _, _ in vectors}, key=[len(vector) for vector, _, _ in vectors].count)
    kept = [one for one in vectors if len(one[0]) == common]
    values, blocks, now = zip(*kept, strict=True)
    return embedding_drift(np.array(values), np.array(blocks), np.array(now)), len(kept)


def _vector(one: SpanContent) -> list[float] | None:
    """The first vector that the span carries."""
    for name, said in one.attributes.items():
        if name.endswith((".embedding.vector", "embeddings.vector")):
            found = _numbers(said)
            if found is not None:
                return found
    return None


def _numbers(said: Any) -> list[float] | None:
    if isinstance(said, str):
        said = said.strip("[] \n").split(",")
    try:
        found = [float(one) for one in said]
    except (TypeError, ValueError):
        return None
    return found if found and all(map(np.isfinite, found)) else None
