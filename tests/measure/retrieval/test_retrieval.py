"""Retrieval, of searches whose scores, documents and answers are known."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sightline.errors import BadRequestError
from sightline.measure.asking import Asked
from sightline.measure.retrieval import documents, drift, judged_names, levels, relevance
from sightline.query import Filter, Scene, Window, parse_window
from sightline.store.telemetry.engine import Engine
from tests.measure.economics import world
from tests.query.world import at

pytestmark = pytest.mark.anyio

DAY_S = 86_400.0
NOW_NS = world.T0_NS + int(60 * DAY_S) * world.SECOND_NS


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    yield engine
    engine.close()


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


def search(i: int, *docs: tuple[str, float, str], at_s: float = 0, answer: str = "", part: int = 1, **said: Any) -> list[world.Row]:
    """Request i: a root with its answer, and a search that found docs (id, score, text)."""
    scores = [score for _, score, _ in docs]
    found = [{"id": id_, "score": score, "content": text} for id_, score, text in docs]
    root = world.span(i, at_s=at_s, content={"output.value": answer} if answer else None)
    span = world.span(
        i, part, at_s=at_s, name="search", kind="retrieval", **({"stage": "search"} | said),
        document_count=len(docs), top_score=max(scores, default=None), mean_score=float(np.mean(scores)) if scores else None,
        content={"gen_ai.retrieval.documents": json.dumps(found)},
    )  # fmt: skip
    return [root, span]


def asked(project: str, *group_by: str, from_s: float | None = None, to_s: float | None = None) -> Asked:
    sides: list[Any] = [None if side is None else str(world.T0_NS + int(side * world.SECOND_NS)) for side in (from_s, to_s)]
    window = parse_window(*sides, now_ns=NOW_NS) if any(side is not None for side in sides) else Window()
    return Asked(Scene(project, window, NOW_NS), Filter.parse(""), group_by)


def put(engine: Engine, project: str, *rows: list[world.Row]) -> None:
    world.insert(engine.connect(), [row for some in rows for row in some], project=project)


def judge(engine: Engine, project: str, i: int, name: str = "context_relevance", *, part: int = 1, **said: Any) -> None:
    row: world.Row = {"project": project, "trace_id": f"{i + 1:032x}", "span_id": f"{1000 * (i + 1) + part:016x}", "session_id": ""}
    row |= {
        "name": name,
        "source": "judge",
        "author": "j",
        "version": "1",
        "type": "binary",
        "start": at(world.T0_NS),
        "received": at(world.T0_NS),
    } | said
    engine.connect().insert("scores", [list(row.values())], column_names=list(row))


async def test_levels_by_group_with_intervals(engine: Engine, project: str) -> None:
    some = [search(i, ("a", 0.9, "x"), ("b", 0.5, "y"), stage="dense") for i in range(4)]
    none = [search(10 + i, stage="sparse") for i in range(2)]
    put(engine, project, *some, *none, search(20, ("a", 0.7, "x"), stage="sparse"))
    found = await levels(engine, asked(project, "stage"), kind="retrieval", interval="1d", limit=10)
    total, (dense, sparse) = found["total"], found["groups"]
    assert (total["retrievals"], total["traces"], total["empty"]["of"], total["empty"]["n"]) == (7, 7, 2, 7)
    assert (dense["group"], dense["filter"]) == (["dense"], "kind = retrieval and stage = 'dense'")
    assert dense["top_score"]["value"] == pytest.approx(0.9)
    assert dense["gap"]["value"] == pytest.approx(0.2)  # 0.9 − (0.9 + 0.5) / 2
    assert total["top_score"]["value"] == pytest.approx((4 * 0.9 + 0.7) / 5)
    # five traces, one observation each: the t interval of their mean
    values = np.array([0.9] * 4 + [0.7])
    half = 2.776445 * values.std(ddof=1) / 5**0.5
    assert total["top_score"]["interval"] == pytest.approx((values.mean() - half, values.mean() + half), rel=2e-3)
    assert sorted(sparse["empty_trace_ids"]) == [f"{i:032x}" for i in (11, 12)]
    assert [(point["group"], point["retrievals"]) for point in found["series"]] == [(["dense"], 4), (["sparse"], 3)] or len(
        found["series"]
    ) == 2


async def test_an_old_index_is_stale_an_hour_after_the_new_one(engine: Engine, project: str) -> None:
    put(
        engine, project,
        search(0, ("a", 1, "x"), index_version="v1"),
        search(1, ("a", 1, "x"), at_s=3_600, index_version="v2"),
        search(2, ("a", 1, "x"), at_s=5_000, index_version="v1"),  # within the hour
        search(3, ("a", 1, "x"), at_s=9_000, index_version="v1"),
        search(4, ("a", 1, "x"), at_s=9_000, index_version="v2"),
        search(5, ("a", 1, "x"), at_s=9_000, index_version="v1", stage="another"),
    )  # fmt: skip
    found = await levels(engine, asked(project), kind="retrieval", interval=None, limit=10)
    assert (found["stale"]["of"], found["stale"]["n"], found["stale"]["trace_ids"]) == (1, 6, [f"{4:032x}"])
    assert [(v["retriever"], v["index_version"], v["retrievals"]) for v in found["versions"]] == [
        ("another", "v1", 1), ("search", "v1", 3), ("search", "v2", 2),
    ]  # fmt: skip


async def test_what_is_found_twice_and_what_is_never_used(engine: Engine, project: str) -> None:
    text = "A worn boot may be returned within thirty days of the purchase."
    rows = [search(i, ("refunds", 0.9, text), ("noise", 0.4, "Opening hours of shops."), answer="See refunds.") for i in range(8)]
    rows += [search(20, ("twice", 0.9, "same"), ("twice", 0.8, "same"), answer="As [2] says.")]
    rows += [search(21, ("refunds", 0.7, text), answer="Boots: may be returned within thirty days of the purchase.")]
    put(engine, project, *rows)
    found = await documents(engine, asked(project), kind="retrieval", sample=100, limit=10)
    assert (found["read"], found["answered"], found["using"]["of"]) == (10, 10, 10)
    assert (found["duplicates"]["of"], found["duplicates"]["trace_ids"]) == (1, [f"{21:032x}"])
    assert found["first_gap"]["value"] == pytest.approx((8 * 0.5 + 0.1) / 9)
    first = found["documents"][0]
    assert (first["document"], first["found"], first["used"]["of"], first["mean_rank"]) == ("noise", 8, 0, 2)
    refunds = next(one for one in found["documents"] if one["document"] == "refunds")
    assert (refunds["found"], refunds["used"]["of"]) == (9, 9)
    assert found["never_used"] == 1


async def test_drift_tells_new_questions_from_the_usual(engine: Engine, project: str) -> None:
    random = np.random.default_rng(1)
    usual = ["how long do refunds take", "where is my parcel", "do you ship to italy", "can i return worn boots"]
    rows = []
    for day in range(18):
        for n in range(12):
            text = usual[random.integers(4)] if day < 12 or n % 2 else "is the xylophone warranty void"
            rows.append(search(100 * day + n, at_s=day * DAY_S + n * 600, query=text))
    put(engine, project, *rows)
    found = await drift(engine, asked(project, from_s=12 * DAY_S, to_s=18 * DAY_S), kind="retrieval", embeddings=0)
    assert (found["queries"], found["previous_queries"], found["block"]) == (72, 72, "day")
    assert found["drift"]["moved"]
    assert found["unusual"][0]["query"] == "is the xylophone warranty void"
    assert found["unusual"][0]["times"] == 36
    quiet = await drift(engine, asked(project, from_s=6 * DAY_S, to_s=12 * DAY_S), kind="retrieval", embeddings=0)
    assert (quiet["drift"]["enough"], quiet["drift"]["moved"], quiet["embeddings"]) == (True, False, None)
    with pytest.raises(BadRequestError, match="say when it begins"):
        await drift(engine, asked(project), kind="retrieval", embeddings=0)


async def test_embeddings_are_compared_where_spans_carry_them(engine: Engine, project: str) -> None:
    random = np.random.default_rng(2)
    rows = []
    for day in range(10):
        for n in range(8):
            vector = random.standard_normal(16) + (2.0 if day >= 5 else 0.0)
            content = {"embedding.embeddings.0.embedding.vector": json.dumps(vector.tolist())}
            rows.append(world.span(100 * day + n, 2, at_s=day * DAY_S + n * 60, kind="embedding", stage="embed", content=content))
    put(engine, project, rows)
    found = await drift(engine, asked(project, from_s=5 * DAY_S, to_s=10 * DAY_S), kind="retrieval", embeddings=100)
    assert (found["embeddings"]["vectors"], found["embeddings"]["moved"]) == (80, True)


async def test_relevance_by_documents_of_a_judge_and_of_a_person(engine: Engine, project: str) -> None:
    docs = [("a", 0.9, "x"), ("b", 0.8, "y"), ("c", 0.7, "z")]
    put(engine, project, search(0, *docs), search(1, *docs), search(2, *docs), search(3, *docs))
    judge(engine, project, 0, metadata={"documents": json.dumps({"a": 1, "b": 0, "c": 1})}, value=0.67)
    judge(engine, project, 1, metadata={"documents": json.dumps({"#1": 0, "#2": 0, "#3": 0})}, value=0.0)
    judge(engine, project, 2, metadata={"document_id": "a"}, value=0.0, version="a")
    judge(engine, project, 2, metadata={"document_id": "b"}, value=1.0, version="b")
    # a person says otherwise of the first, and is believed
    judge(engine, project, 2, metadata={"document_rank": "1"}, value=1.0, source="person", author="ann")
    judge(engine, project, 2, metadata={"document_id": "a"}, value=1.0, source="person", author="ann", version="2")
    judge(engine, project, 3, metadata={}, value=1.0)  # of the search, not of a document
    found = await relevance(
        engine, asked(project, "stage"), kind="retrieval", name="context_relevance", source=None, k=2, relevant=1, interval=None, sample=100
    )
    total = found["total"]
    assert (total["retrievals"], found["known_retrievals"]) == (3, 3)
    assert total["precision"]["value"] == pytest.approx((0.5 + 0 + 1) / 3)
    assert total["reciprocal_rank"]["value"] == pytest.approx((1 + 0 + 1) / 3)
    assert total["hit"]["value"] == pytest.approx(2 / 3)
    assert total["ndcg"]["value"] == pytest.approx((1 / (1 + 1 / np.log2(3)) + 1) / 2)  # unknown where nothing is relevant
    assert found["groups"][0]["worst_trace_ids"][0] == f"{1:032x}"
    only = await relevance(
        engine, asked(project), kind="retrieval", name="context_relevance", source="person", k=2, relevant=1, interval=None, sample=100
    )
    assert (only["total"]["retrievals"], only["total"]["judged"]) == (1, 0.5)
    names = await judged_names(engine, asked(project))
    assert [(n["name"], n["source"], n["retrievals"], n["documents"]) for n in names] == [
        ("context_relevance", "judge", 3, 8), ("context_relevance", "person", 1, 2),
    ]  # fmt: skip
