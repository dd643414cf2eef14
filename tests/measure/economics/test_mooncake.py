"""Real request traces, replayed as spans: the cache reports equal a simulation of the provider's cache.

The simulation: an unlimited cache of prefix blocks; a block is read when it and every block before it in the prompt were in an
earlier request. Tokens: each block is 512, also a prompt's last (the data's `input_length` says that it holds fewer, but nothing in
ids that are rendered as one word or one message each does); where the rendering has one word per token the last block has the words
that `input_length` leaves for it, and the tokens are those of `input_length`.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from sightline.measure.economics import Asked, cache, prefixes
from sightline.query import Scene, Window
from sightline.store.telemetry.engine import Engine
from tests.measure.economics import world

pytestmark = pytest.mark.anyio

BLOCK = 512
HALF_A_POINT = 0.005
# By how much the defaults (1,024 tokens, an hour) move the report: the first block, which every conversation shares, is too short.
DEFAULTS_MOVE_IT = 0.04
FOREVER_NS = 100 * 365 * 24 * world.HOUR_NS
NOW_NS = world.T0_NS + 48 * world.HOUR_NS


@dataclass(frozen=True)
class Request:
    at_ms: int
    tokens: int
    blocks: list[int]
    read_tokens: int


def replay(file: Path, *, whole_blocks: bool) -> list[Request]:
    seen: set[int] = set()
    made = []
    for line in gzip.decompress(file.read_bytes()).splitlines():
        said = json.loads(line)
        blocks = said["hash_ids"]
        known = next((i for i, block in enumerate(blocks) if block not in seen), len(blocks))
        seen.update(blocks)
        tokens = BLOCK * len(blocks) if whole_blocks else said["input_length"]
        made.append(Request(said["timestamp"], tokens, blocks, min(BLOCK * known, tokens)))
    return made


# How a prompt of blocks `b`, the last with `rest` tokens, reads: SQL, so that 300 MB of it need not pass through Python.
RENDERINGS = {
    "one word a block": "arrayStringConcat(arrayMap(b -> concat('block-', toString(b)), blocks), ' ')",
    "one message a block": (
        'concat(\'[\', arrayStringConcat(arrayMap(b -> concat(\'{"role":"user","parts":[{"type":"text","content":"block-\', toString(b),'
        " '\"}]}'), blocks), ','), ']')"
    ),
    "one word a token": (
        "arrayStringConcat(arrayMap((b, i) -> arrayStringConcat(arrayMap(w -> toString(cityHash64(b, w) % 1000),"
        " range(if(i = length(blocks), rest, 512))), ' '), blocks, arrayEnumerate(blocks)), ' ')"
    ),
}


def store(client: Client, requests: list[Request], rendering: str, *, project: str) -> None:
    """Spans of the requests and their prompts; nothing was read from a cache."""
    spans = [
        world.call(
            i,
            at_s=request.at_ms / 1000 + i * 1e-5,
            input_tokens=request.tokens,
            output_tokens=1,
            cache_read_tokens=0,
        )
        for i, request in enumerate(requests)
    ]
    world.insert(client, spans, project=project)
    client.command("CREATE TABLE IF NOT EXISTS mooncake (i UInt32, blocks Array(UInt32), rest UInt32) ENGINE = Memory")
    client.command("TRUNCATE TABLE mooncake")
    rows = [[i, request.blocks, request.tokens - BLOCK * (len(request.blocks) - 1)] for i, request in enumerate(requests)]
    client.insert("mooncake", rows, column_names=["i", "blocks", "rest"])
    for first in range(0, len(rows), 200):
        client.command(
            "INSERT INTO payloads SELECT s.project, s.trace_id, s.span_id, s.received, map('gen_ai.input.messages', text), 30"
            f" FROM (SELECT leftPad(lower(hex(i + 1)), 32, '0') AS trace_id, {RENDERINGS[rendering]} AS text FROM mooncake"
            " WHERE i >= {first:UInt32} AND i < {first:UInt32} + 200) AS m"
            " INNER JOIN (SELECT * FROM spans WHERE project = {project:String}) AS s ON s.trace_id = m.trace_id",
            parameters={"project": project, "first": first},
        )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    yield engine
    engine.close()


@pytest.mark.parametrize("name", ["conversation", "synthetic"])
async def test_the_cache_report_equals_the_simulation(engine: Engine, shared: Path, project: str, name: str) -> None:
    requests = replay(shared / f"data/mooncake_fast25/{name}.jsonl.gz", whole_blocks=False)
    world.insert(
        engine.connect(),
        [
            world.call(i, at_s=request.at_ms / 1000, input_tokens=request.tokens, cache_read_tokens=request.read_tokens)
            for i, request in enumerate(requests)
        ],
        project=project,
    )
    found = (await cache(engine, Asked(Scene(project, Window(), NOW_NS)), interval=None, lifetime_ns=world.HOUR_NS, limit=20))["provider"]
    assert found["hit_rate_tokens"] == pytest.approx(
        sum(r.read_tokens for r in requests) / sum(r.tokens for r in requests), abs=HALF_A_POINT
    )
    assert found["hit_rate_requests"] == pytest.approx(sum(r.read_tokens > 0 for r in requests) / len(requests), abs=HALF_A_POINT)


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("name", ["conversation", "synthetic"])
async def test_avoidable_misses_equal_the_simulation(engine: Engine, shared: Path, project: str, name: str, rendering: str) -> None:
    requests = replay(shared / f"data/mooncake_fast25/{name}.jsonl.gz", whole_blocks=rendering != "one word a token")
    store(engine.connect(), requests, rendering, project=project)
    asked = Asked(Scene(project, Window(), NOW_NS))
    simulated = sum(r.read_tokens for r in requests) / sum(r.tokens for r in requests)
    found = await prefixes(engine, asked, lifetime_ns=FOREVER_NS, min_tokens=0, calls=20_000)
    assert found["calls"] == len(requests)
    assert found["calls_without_content"] == 0
    print(f"\n{name}, {rendering}: avoidable {found['avoidable_rate']:.2%}, simulated {simulated:.2%}")
    assert found["avoidable_rate"] == pytest.approx(simulated, abs=HALF_A_POINT)
    usual = await prefixes(engine, asked, lifetime_ns=world.HOUR_NS, min_tokens=1_024, calls=20_000)
    assert usual["avoidable_rate"] <= simulated + HALF_A_POINT
    assert usual["avoidable_rate"] == pytest.approx(simulated, abs=DEFAULTS_MOVE_IT)
