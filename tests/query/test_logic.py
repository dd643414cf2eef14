"""and, or, not combine as sets do, however they nest and whomever they ask (span, root, trace)."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.query import Filter, ListQuestion, Scene, Window, list_spans
from sightline.store.telemetry.engine import Engine
from tests.query.world import T0_NS

ATOMS = [
    "kind = llm",
    "model = 'gpt-4o'",
    "tool_name is null",
    "duration_ms > 300",
    "cost_usd < 0.2",
    "attributes['tier'] = 'gold'",
    "attributes['rare'] is not null",
    "resource['cores'] > 1",
    "root.status = error",
    "root.attributes['n'] < 30",
    "trace.duration_s > 40",
    "models has 'claude'",
]
SCENE = Scene("default", Window(), T0_NS)


def matching(engine: Engine, text: str) -> frozenset[str]:
    page = asyncio.run(list_spans(engine, ListQuestion(SCENE, Filter.parse(text), limit=1_000)))
    return frozenset(row["span_id"] for row in page.rows)


@dataclass(frozen=True)
class Combined:
    """A filter, and which spans must satisfy it and its opposite. Of what is unknown neither holds."""

    text: str
    holds: frozenset[str]
    fails: frozenset[str]


@pytest.fixture(scope="package")
def atoms(engine: Engine) -> list[Combined]:
    return [Combined(atom, matching(engine, atom), matching(engine, f"not {atom}")) for atom in ATOMS]


def combined(data: st.DataObject, atoms: list[Combined], depth: int) -> Combined:
    kind = data.draw(st.sampled_from(["atom", "not", "and", "or"] if depth else ["atom"]))
    if kind == "atom":
        return data.draw(st.sampled_from(atoms))
    one = combined(data, atoms, depth - 1)
    if kind == "not":
        return Combined(f"not ({one.text})", one.fails, one.holds)
    two = combined(data, atoms, depth - 1)
    text = f"({one.text}) {kind} ({two.text})"
    if kind == "and":
        return Combined(text, one.holds & two.holds, one.fails | two.fails)
    return Combined(text, one.holds | two.holds, one.fails & two.fails)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_filters_combine_as_sets_do(engine: Engine, atoms: list[Combined], data: st.DataObject) -> None:
    whole = combined(data, atoms, 4)
    assert matching(engine, whole.text) == whole.holds
