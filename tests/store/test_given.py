"""Questions that build on others' answers: each is asked once, into a table that nobody else sees."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from sightline.errors import QueryTimeoutError
from sightline.store.telemetry.engine import Engine, EngineError, EngineOptions

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(EngineOptions(directory=tmp_path / "engine", readers=2))
    yield engine
    engine.close()


async def test_later_questions_read_what_earlier_ones_answered(engine: Engine) -> None:
    # a table's random number is the same wherever it is read
    given = {
        "some": "SELECT number AS n, toLowCardinality(toUInt8(rand())) AS luck FROM numbers({most:UInt64})",
        "twice": "SELECT n, luck FROM some UNION ALL SELECT n, luck FROM some",
    }
    asked = [
        engine.rows("SELECT count() AS rows, uniqExact((n, luck)) AS kinds FROM twice", {"most": most}, given=given)
        for most in (1000, 3, 70)
    ]
    assert await asyncio.gather(*asked) == [[{"rows": 2 * most, "kinds": most}] for most in (1000, 3, 70)]


async def test_what_was_given_is_gone_afterwards_even_after_an_error(engine: Engine) -> None:
    given = {"some": "SELECT 1 AS n"}
    assert await engine.rows("SELECT n FROM some", given=given) == [{"n": 1}]
    with pytest.raises(EngineError, match="nobody"):
        await engine.rows("SELECT nobody FROM some", given=given)
    for _ in range(4):  # of both readers
        with pytest.raises(EngineError, match="some"):
            await engine.rows("SELECT n FROM some")


async def test_the_limit_is_for_all_together(engine: Engine) -> None:
    slow = "SELECT count() AS n FROM numbers(10000000000) WHERE sipHash64(number) = 1"
    with pytest.raises(QueryTimeoutError):
        await engine.rows("SELECT n FROM slow", given={"slow": slow}, limit_s=0.3)
