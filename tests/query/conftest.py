"""One engine with the small world, for all tests of the room."""

from collections.abc import Iterator

import pytest

from sightline.query import Scene, Window
from sightline.store.telemetry.engine import Engine
from tests.query import world


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    world.insert_spans(engine.connect(), world.requests())
    yield engine
    engine.close()


@pytest.fixture
def everything() -> Scene:
    return Scene("default", Window(), world.T0_NS)
