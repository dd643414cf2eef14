"""Which spans and which traces a filter lets through, against the world's arithmetic."""

from collections.abc import Callable

import pytest

from sightline.query import Filter, ListQuestion, Scene, Window, list_spans, list_traces
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.query.world import MINUTE_NS, REQUESTS, T0_NS, trace_id

pytestmark = pytest.mark.anyio

ALL = range(REQUESTS)


async def spans_of(engine: Engine, scene: Scene, text: str) -> set[str]:
    page = await list_spans(engine, ListQuestion(scene, Filter.parse(text), limit=1_000))
    return {row["span_id"] for row in page.rows}


async def traces_of(engine: Engine, scene: Scene, text: str) -> set[int]:
    page = await list_traces(engine, ListQuestion(scene, Filter.parse(text), limit=1_000))
    return {int(row["trace_id"], 16) - 1 for row in page.rows}


Holds = Callable[[int], bool]


def ALWAYS(_i: int) -> bool:  # noqa: N802 - a constant
    return True


def NEVER(_i: int) -> bool:  # noqa: N802 - a constant
    return False


# filter → for request i: does its root, its LLM call, its tool call match?
SPANS: list[tuple[str, Holds, Holds, Holds]] = [
    ("kind = llm", NEVER, ALWAYS, NEVER),
    ("kind != llm", ALWAYS, NEVER, ALWAYS),
    ("kind in (llm, 'tool')", NEVER, ALWAYS, ALWAYS),
    ("kind not in (llm, tool)", ALWAYS, NEVER, NEVER),
    ("model = 'gpt-4o'", NEVER, lambda i: i % 2 == 0, NEVER),
    # Unknown answers neither a comparison nor its opposite.
    ("model != 'gpt-4o'", NEVER, lambda i: i % 2 == 1, NEVER),
    ("not model = 'gpt-4o'", NEVER, lambda i: i % 2 == 1, NEVER),
    ("model not in ('gpt-4o')", NEVER, lambda i: i % 2 == 1, NEVER),
    ("model is null", ALWAYS, NEVER, ALWAYS),
    ("not model is null", NEVER, ALWAYS, NEVER),
    ("model is not null", NEVER, ALWAYS, NEVER),
    ("model like 'gpt-%'", NEVER, lambda i: i % 2 == 0, NEVER),
    ("model like 'GPT-%'", NEVER, NEVER, NEVER),
    ("model ilike 'GPT-_o'", NEVER, lambda i: i % 2 == 0, NEVER),
    ("model not like '%o'", NEVER, lambda i: i % 2 == 1, NEVER),
    ("model has 'laud'", NEVER, lambda i: i % 2 == 1, NEVER),
    ("duration_ms > 300", ALWAYS, lambda i: 10 * (i + 1) > 300, NEVER),
    ("duration_ms > 0.3s", ALWAYS, lambda i: 10 * (i + 1) > 300, NEVER),
    ("duration_s >= 30", lambda i: i + 1 >= 30, NEVER, NEVER),
    ("duration_ns = 5000000", NEVER, NEVER, ALWAYS),
    ("duration_ms = 5", NEVER, NEVER, ALWAYS),
    ("ttft_ms <= 2.5", NEVER, lambda i: i + 1 <= 2, NEVER),
    ("input_tokens in (100, 101.0, 7)", NEVER, lambda i: i in (0, 1), NEVER),
    ("input_tokens not in (100, 101)", NEVER, lambda i: i not in (0, 1), NEVER),
    ("input_tokens > -1", NEVER, ALWAYS, NEVER),
    ("input_tokens < 1e30", NEVER, ALWAYS, NEVER),
    ("cost_usd >= 0.5", NEVER, lambda i: i % 4 != 3 and i >= 50, NEVER),
    ("streamed = true", NEVER, lambda i: i % 2 == 0, NEVER),
    ("streamed != true", NEVER, lambda i: i % 2 == 1, NEVER),
    ("start >= 2026-11-01T00:30:00Z", lambda i: i >= 30, lambda i: i >= 30, lambda i: i >= 30),
    ("start < '2026-11-01T01:30:00+01:00'", lambda i: i < 30, lambda i: i < 30, lambda i: i < 30),
    ("start >= 1793493000", lambda i: i >= 30, lambda i: i >= 30, lambda i: i >= 30),
    ("start >= 1793493000100", lambda i: i > 30, lambda i: i >= 30, lambda i: i >= 30),
    ("attributes['tier'] = 'gold'", lambda i: i % 3 == 0, NEVER, NEVER),
    ("attributes['tier'] != 'gold'", lambda i: i % 3 != 0, NEVER, NEVER),
    ("attributes['tier'] in ('gold', 'free')", ALWAYS, NEVER, NEVER),
    ("attributes['tier'] not in ('gold')", lambda i: i % 3 != 0, NEVER, NEVER),
    ("attributes[\"tier\"] like 'g%'", lambda i: i % 3 == 0, NEVER, NEVER),
    ("attributes['n'] >= 58", lambda i: i >= 58, NEVER, NEVER),
    ("attributes['n'] = 0", lambda i: i == 0, NEVER, NEVER),
    # A number never equals a text.
    ("attributes['n'] = '5'", NEVER, NEVER, NEVER),
    ("attributes['n'] in (5, '7', true)", lambda i: i == 5, NEVER, NEVER),
    ("attributes['ratio'] = 0.25", lambda i: i == 1, NEVER, NEVER),
    ("attributes['flag'] = false", lambda i: i % 2 == 1, NEVER, NEVER),
    ("attributes['tags'] has 't2'", lambda i: i % 3 == 2, NEVER, NEVER),
    ("attributes['tags'] not has 't1'", lambda i: i % 3 == 0, NEVER, NEVER),
    ("attributes['counts'] has 7", lambda i: i in (6, 7), NEVER, NEVER),
    ("attributes['tier'] has 'ol'", lambda i: i % 3 == 0, NEVER, NEVER),
    ("attributes['rare'] is not null", lambda i: i % 20 == 5, NEVER, NEVER),
    ("attributes['rare'] = ''", lambda i: i % 20 == 5, NEVER, NEVER),
    ("attributes['n'] is null", NEVER, ALWAYS, ALWAYS),
    ("resource['host'] = 'h1'", lambda i: i % 2 == 1, NEVER, NEVER),
    ("resource['cores'] > 2", lambda i: i % 4 == 3, NEVER, NEVER),
    ("resource['spot'] = true", lambda i: i % 2 == 1, NEVER, NEVER),
    ("resource['cores'] is not null", ALWAYS, NEVER, NEVER),
    ("kind = llm and (input_tokens < 102 or input_tokens > 157)", NEVER, lambda i: i < 2 or i > 57, NEVER),
    ("not (kind = llm or kind = tool)", ALWAYS, NEVER, NEVER),
    # The span's root and trace.
    ("kind = tool and root.attributes['tier'] = 'gold'", NEVER, NEVER, lambda i: i % 3 == 0),
    ("kind = tool and root.status = error", NEVER, NEVER, lambda i: i % 10 == 9),
    ("kind = llm and trace.duration_s > 55", NEVER, lambda i: i + 1 > 55, NEVER),
    ("kind = tool and models has 'gpt-4o'", NEVER, NEVER, lambda i: i % 2 == 0),
    ("trace.span_count = 3 and kind = request", ALWAYS, NEVER, NEVER),
    (
        "kind = tool and (tool_name = 'search' or root.status = error)",
        NEVER,
        NEVER,
        lambda i: i % 3 == 0 or i % 10 == 9,
    ),
    (
        "kind = tool and not (root.status = error or trace.duration_s > 30)",
        NEVER,
        NEVER,
        lambda i: i % 10 != 9 and i < 30,
    ),
    ("", ALWAYS, ALWAYS, ALWAYS),
]


@pytest.mark.parametrize(("text", "root", "llm", "tool"), SPANS, ids=[row[0] or "empty" for row in SPANS])
async def test_a_filter_lets_these_spans_through(
    engine: Engine, everything: Scene, text: str, root: Holds, llm: Holds, tool: Holds
) -> None:
    expected = {world.span_id(i, part) for i in ALL for part, holds in enumerate((root, llm, tool)) if holds(i)}
    assert await spans_of(engine, everything, text) == expected


TRACES: list[tuple[str, Holds]] = [
    ("kind = llm and cost_usd > 0.5", lambda i: i % 4 != 3 and i > 50),
    # One span has to satisfy the whole filter: no span is both.
    ("kind = llm and kind = tool", NEVER),
    ("kind = llm and status = error", NEVER),
    ("kind = llm and root.status = error", lambda i: i % 10 == 9),
    ("root.status = error", lambda i: i % 10 == 9),
    ("root.attributes['tier'] = 'gold' and root.user_id = 'u1'", lambda i: i % 3 == 0 and i % 7 == 1),
    ("trace.cost_usd is null", lambda i: i % 4 == 3),
    ("models has 'claude' and duration_s > 58", lambda i: i % 2 == 1 and i + 1 > 58),
    ("trace.duration_s > 58", lambda i: i + 1 > 58),
    ("tool_name = 'search' and trace.models not has 'claude'", lambda i: i % 3 == 0 and i % 2 == 0),
    ("tool_name = 'search' or root.status = error", lambda i: i % 3 == 0 or i % 10 == 9),
    ("trace.error_count > 0 or trace.input_tokens = 100", lambda i: i % 10 == 9 or i == 0),
    ("model = 'gpt-4o'", lambda i: i % 2 == 0),
]


@pytest.mark.parametrize(("text", "holds"), TRACES, ids=[row[0] for row in TRACES])
async def test_a_trace_matches_when_one_of_its_spans_does(engine: Engine, everything: Scene, text: str, holds: Holds) -> None:
    assert await traces_of(engine, everything, text) == {i for i in ALL if holds(i)}


@pytest.mark.parametrize(("text", "holds"), TRACES, ids=[row[0] for row in TRACES])
async def test_a_window_takes_its_first_moment_and_leaves_its_last(engine: Engine, text: str, holds: Holds) -> None:
    window = Window(T0_NS + 20 * MINUTE_NS, T0_NS + 41 * MINUTE_NS)
    assert await traces_of(engine, Scene("default", window, T0_NS), text) == {i for i in range(20, 41) if holds(i)}


async def test_scores_of_a_span_and_of_its_trace_can_be_asked_for(engine: Engine, everything: Scene) -> None:
    score: world.Row = {"project": "default", "session_id": "", "source": "judge", "version": "1", "explanation": ""}
    score |= {"start": world.T0, "received": world.T0, "label": None, "value": None}
    world.insert(
        engine.connect(),
        "scores",
        [
            score | {"trace_id": trace_id(1), "span_id": world.span_id(1, 1), "name": "groundedness", "value": 0.25},
            score | {"trace_id": trace_id(2), "span_id": world.span_id(2, 1), "name": "groundedness", "value": 0.75},
            score | {"trace_id": trace_id(3), "span_id": "", "name": "groundedness", "value": 0.25, "label": "bad"},
        ],
    )
    low = "scores['groundedness'] < 0.5"
    assert await spans_of(engine, everything, low) == {world.span_id(1, 1), *(world.span_id(3, part) for part in range(3))}
    assert await traces_of(engine, everything, low) == {1, 3}
    assert await traces_of(engine, everything, "not scores['groundedness'] < 0.5") == {2}
    assert await traces_of(engine, everything, "trace.scores['groundedness'] is not null") == {1, 2, 3}
    assert await traces_of(engine, everything, "scores['groundedness'] = 'bad'") == {3}
    assert await traces_of(engine, everything, "trace.scores['groundedness'] is null") == set(ALL) - {1, 2, 3}
