"""Scores beside the rows that they are of, and as rows of their own. The world's request i has a score of its own in a project apart."""

from typing import Any

import pytest

from sightline.errors import BadFilterError
from sightline.query import Filter, ListQuestion, Question, Scene, Window, ask, list_scores, list_spans, list_traces
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.query.world import MINUTE_NS, T0_NS, span_id, trace_id

pytestmark = pytest.mark.anyio
SCENE = Scene("scored", Window(), T0_NS)


@pytest.fixture(scope="module", autouse=True)
def scores(engine: Engine) -> None:
    """groundedness of LLM spans of requests 0…5: i / 10 by a judge, and of 0 also 1 by a person, who said so later; helpfulness of the
    traces 0…5: label good if i is even, else bad; of 0 a span says 0, too. resolved of session s0 (requests 0…5): 1.
    """
    client = engine.connect()
    world.insert_spans(client, [row for row in world.requests() if row["start_ns"] < T0_NS + 12 * MINUTE_NS], project="scored")
    base: world.Row = {
        "project": "scored",
        "trace_id": "",
        "span_id": "",
        "session_id": "",
        "source": "judge",
        "author": "j",
        "version": "1",
    }
    base |= {"value": None, "label": None, "explanation": "", "type": "numeric", "tenant": "acme"}
    rows = []
    for i in range(6):
        when = {"start": world.at(T0_NS + i * MINUTE_NS), "received": world.at(T0_NS + 20 * MINUTE_NS)}
        rows.append(base | when | {"trace_id": trace_id(i), "span_id": span_id(i, 1), "name": "groundedness", "value": i / 10})
        label = "good" if i % 2 == 0 else "bad"
        rows.append(base | when | {"trace_id": trace_id(i), "name": "helpfulness", "label": label, "value": float(i % 2 == 0)})
    later = {"start": world.at(T0_NS), "received": world.at(T0_NS + 30 * MINUTE_NS)}
    rows.append(
        base | later | {"trace_id": trace_id(0), "span_id": span_id(0, 1), "name": "groundedness", "value": 1.0, "source": "person"}
    )
    rows.append(base | later | {"trace_id": trace_id(0), "span_id": span_id(0, 2), "name": "helpfulness", "value": 0.0})
    rows.append(base | later | {"session_id": "s0", "name": "resolved", "value": 1.0})
    world.insert(client, "scores", rows)


async def measured(engine: Engine, *measures: str, **said: Any) -> list[dict[str, Any]]:
    said["filter"] = Filter.parse(said.get("filter", ""))
    return (await ask(engine, Question(SCENE, measures, **said))).rows


async def test_a_span_has_its_own_score_and_a_machine_speaks_before_a_person(engine: Engine) -> None:
    # 0, 0.1 … 0.5; the person's 1 of request 0 is left out
    assert await measured(engine, "mean(score.groundedness)", "count(score.groundedness < 0.25)") == [
        {"mean(score.groundedness)": pytest.approx(0.25), "count(score.groundedness < 0.25)": 3}
    ]
    assert await measured(engine, "max(score.groundedness)", group_by=["model"], filter="kind = llm") == [
        {"model": "claude", "max(score.groundedness)": 0.5},
        {"model": "gpt-4o", "max(score.groundedness)": 0.4},
    ]


async def test_a_trace_has_its_own_score_else_the_mean_of_its_spans(engine: Engine) -> None:
    found = await measured(engine, "mean(score.groundedness)", "mean(score.helpfulness)", of="traces")
    assert found == [{"mean(score.groundedness)": pytest.approx(0.25), "mean(score.helpfulness)": 0.5}]
    by_label = await measured(engine, "count", of="traces", group_by=["score.helpfulness.label"], order="-count")
    assert by_label == [
        {"score.helpfulness.label": None, "count": 6},
        {"score.helpfulness.label": "bad", "count": 3},
        {"score.helpfulness.label": "good", "count": 3},
    ]
    # both the trace's root and a score are joined
    assert await measured(
        engine, "count", of="traces", group_by=["root.kind", "score.groundedness"], filter="trace.score.groundedness = 0.3"
    ) == [{"root.kind": "request", "score.groundedness": 0.3, "count": 1}]


async def test_a_session_has_its_own_score_else_the_mean_of_what_it_holds(engine: Engine) -> None:
    rows = await measured(
        engine, "mean(score.resolved)", "mean(score.groundedness)", of="sessions", group_by=["session_id"], order="session_id"
    )
    assert rows == [
        {"session_id": "s0", "mean(score.resolved)": 1, "mean(score.groundedness)": pytest.approx(0.25)},
        {"session_id": "s1", "mean(score.resolved)": None, "mean(score.groundedness)": None},
    ]
    traces = await list_traces(engine, ListQuestion(SCENE, Filter.parse("score.resolved = 1")))
    assert {row["trace_id"] for row in traces.rows} == {trace_id(i) for i in range(6)}


@pytest.mark.parametrize(
    ("text", "traces"),
    [
        ("score.groundedness >= 0.4", {0, 4, 5}),
        ("score.groundedness is null and kind = llm", set(range(6, 12))),
        ("score.helpfulness.label = 'bad'", {1, 3, 5}),
        ("score.helpfulness.label in ('bad', 'awful') and kind = tool", {1, 3, 5}),
        ("trace.score.helpfulness = 0", {0, 1, 3, 5}),
        ("scores['groundedness'] = 0.2 or score.helpfulness.label like 'g%'", {0, 2, 4}),
    ],
)
async def test_traces_are_found_by_their_scores(engine: Engine, text: str, traces: set[int]) -> None:
    found = await list_traces(engine, ListQuestion(SCENE, Filter.parse(text)))
    assert {row["trace_id"] for row in found.rows} == {trace_id(i) for i in traces}


async def test_scores_are_looked_for_near_the_window(engine: Engine) -> None:
    far = Scene("scored", Window(T0_NS + 48 * 60 * MINUTE_NS, T0_NS + 49 * 60 * MINUTE_NS), T0_NS)
    assert (await list_spans(engine, ListQuestion(far, Filter.parse("score.groundedness >= 0")))).rows == []


async def test_scores_are_rows_with_facts_of_their_own_and_of_their_targets(engine: Engine) -> None:
    assert await measured(
        engine, "count", "mean(value)", of="scores", group_by=["name", "source"], order="-count", filter="target != session"
    ) == [
        {"name": "helpfulness", "source": "judge", "count": 7, "mean(value)": pytest.approx(3 / 7)},
        {"name": "groundedness", "source": "judge", "count": 6, "mean(value)": pytest.approx(0.25)},
        {"name": "groundedness", "source": "person", "count": 1, "mean(value)": 1},
    ]
    said = "name = 'groundedness' and source = judge and "
    assert await measured(engine, "count", of="scores", filter=said + "kind = llm and provider = 'openai'") == [{"count": 3}]
    # a fact of another span of the same trace is not one of the span that is scored
    assert await measured(engine, "count", of="scores", filter=said + "kind = tool") == [{"count": 0}]
    assert await measured(engine, "count", of="scores", filter=said + "(value > 0.35 or root.user_id = 'u1')") == [{"count": 3}]
    assert await measured(engine, "count", of="scores", filter="name = 'helpfulness' and kind = tool") == [{"count": 7}]
    assert await measured(engine, "count", of="scores", filter="name = 'resolved' and kind = tool and tenant = 'acme'") == [{"count": 1}]
    by_time = await measured(engine, "count(value > 0)", of="scores", interval="3m", filter=said[:-5])
    assert [row["count(value > 0)"] for row in by_time] == [2, 3]


async def test_a_list_of_scores_goes_on_where_it_ended(engine: Engine) -> None:
    question = Filter.parse("name = 'groundedness'")
    first = await list_scores(engine, ListQuestion(SCENE, question, limit=4))
    rest = await list_scores(engine, ListQuestion(SCENE, question, limit=4, cursor=first.next_cursor))
    assert [row["value"] for row in first.rows] == [0.5, 0.4, 0.3, 0.2]
    assert sorted(row["value"] for row in rest.rows) == [0.0, 0.1, 1.0]
    assert rest.next_cursor is None


@pytest.mark.parametrize(
    ("text", "right"),
    [("score.x = 'good'", "score.x.label is its label"), ("score.x.label > 1", "score.x is its number"), ("score.x = 2s", "number")],
)
async def test_a_wrong_question_about_a_score_says_what_is_right(engine: Engine, text: str, right: str) -> None:
    with pytest.raises(BadFilterError, match=right):
        await list_spans(engine, ListQuestion(SCENE, Filter.parse(text)))
