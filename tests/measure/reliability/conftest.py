"""An engine for the whole folder; each test stores its spans in a project of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sightline.measure.reliability import Asked
from sightline.query import Filter, Scene, Window, parse_window
from sightline.store.telemetry.engine import Engine
from tests.measure.economics import world
from tests.query.world import insert_spans

Ask = Callable[..., Asked]
Put = Callable[..., None]


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    yield engine
    engine.close()


@pytest.fixture
def put(engine: Engine, project: str) -> Put:
    """Store spans, and the traces that they make, in the test's project."""

    def put(*spans: world.Row) -> None:
        insert_spans(engine.connect(), [dict(span) for span in spans], project=project)

    return put


@pytest.fixture
def ask(project: str) -> Ask:
    """A question of the test's project: everything, or the window [from, to) in seconds after T0. Now is two days after T0."""

    def ask(*group_by: str, filter: str = "", from_s: float | None = None, to_s: float | None = None) -> Asked:  # noqa: A002
        sides: list[Any] = [None if side is None else str(world.T0_NS + int(side * world.SECOND_NS)) for side in (from_s, to_s)]
        window = parse_window(*sides, now_ns=world.NOW_NS) if any(sides) else Window()
        return Asked(Scene(project, window, world.NOW_NS), Filter.parse(filter), group_by)

    return ask
