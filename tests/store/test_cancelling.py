"""A question that is called off takes nothing with it: neither the engine's time nor the next one's answer."""

import asyncio
from collections.abc import Iterator

import pytest

from sightline.errors import QueryTimeoutError, StoreError
from sightline.store.telemetry.engine import Engine, EngineOptions

pytestmark = pytest.mark.anyio

WIDE = "SELECT number, repeat('0', 300) AS zeros, toString(number) AS text, {n:UInt8} AS n FROM numbers(3000000)"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(EngineOptions(directory=tmp_path_factory.mktemp("engine") / "engine", readers=1))
    yield engine
    engine.close()


async def test_the_next_answer_is_its_own(engine: Engine) -> None:
    for n in range(8):
        wide = asyncio.create_task(engine.rows(WIDE, {"n": n}))
        await asyncio.sleep(0.1 + 0.05 * n)  # wherever in its answer it is
        wide.cancel()
        with pytest.raises(asyncio.CancelledError):
            await wide
        assert await engine.rows("SELECT count() AS rows, max(number) AS most FROM numbers({n:UInt8})", {"n": 7 + n}) == [
            {"rows": 7 + n, "most": 6 + n}
        ]


async def test_nor_does_one_that_took_too_long_or_failed_halfway_leave_anything(engine: Engine) -> None:
    with pytest.raises(QueryTimeoutError):
        await engine.rows(WIDE, {"n": 1}, limit_s=0.1)
    assert await engine.rows("SELECT 1 AS one") == [{"one": 1}]
    with pytest.raises(StoreError):
        await engine.rows("SELECT number, throwIf(number = 500000) AS no FROM numbers(1000000)", settings={"max_block_size": 1000})
    assert await engine.rows("SELECT 2 AS two") == [{"two": 2}]
