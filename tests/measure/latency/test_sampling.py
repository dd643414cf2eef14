"""Of many requests some are looked at: what they waited for is that of all."""

import time
from collections.abc import Iterator

import pytest

from sightline.measure import latency
from sightline.measure.latency import Asked
from sightline.query import Filter, Scene, Window
from sightline.store.telemetry import schema
from sightline.store.telemetry.engine import Engine, EngineOptions

pytestmark = pytest.mark.anyio

HOUR_NS = 3600 * 10**9
BEGIN_NS = (time.time_ns() // HOUR_NS - 40) * HOUR_NS
# every request lasts 100 ms (one in ten: 1 s), of which a fifth is its own and the rest that of its one step
ROWS = """
INSERT INTO spans (project, trace_id, span_id, parent_span_id, name, kind, stage, start, received, duration_ns, self_ns, critical_ns,
  status, usage_counted, weight, settled, retention)
WITH intDiv(number, 2) AS trace, number % 2 AS step, if(trace % 10 = 0, 1000000000, 100000000) AS took,
  fromUnixTimestamp64Nano({begin:Int64} + toInt64(trace) * 7000000000 + step * 1000, 'UTC') AS at
SELECT 'p', hex(sipHash64(trace)), hex(number), if(step = 0, NULL, hex(trace * 2)), if(step = 0, 'r', 's'), 'chain',
  if(step = 0, 'r', 's'), at, at,
  if(step = 0, took, took * 0.8), if(step = 0, took * 0.2, took * 0.8), if(step = 0, took * 0.2, took * 0.8), 'ok', true, 1, true, 90
FROM numbers(40000)
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(EngineOptions(directory=tmp_path_factory.mktemp("sampling"), readers=2))
    client = engine.connect()
    schema.apply(client, retention_days=90)
    client.command(ROWS, parameters={"begin": BEGIN_NS})
    client.command(
        "INSERT INTO traces_settled (project, trace_id, root_span_id, name, kind, start, last_start, duration_ns, status, weight, received,"
        " retention) SELECT project, trace_id, span_id, name, kind, start, start, duration_ns, status, 1, received, 90 FROM spans"
        " WHERE parent_span_id IS NULL"
    )
    yield engine
    engine.close()


@pytest.mark.parametrize(("most", "sampled_one_in"), [(20_000, 1), (19_999, 2), (4_000, 5), (2_000, 12)])
async def test_a_sample_says_what_all_say(engine: Engine, most: int, sampled_one_in: int) -> None:
    """20,000 requests in 467 pieces of five minutes: up to one piece in four, then by id."""
    everything = Asked(Scene("p", Window(), time.time_ns()), filter=Filter(None))
    answer = await latency.stages(engine, everything, most_requests=most)
    assert (answer["requests"], answer["sampled_one_in"]) == (20_000, pytest.approx(sampled_one_in, abs=3 if sampled_one_in > 2 else 0))
    assert (answer["sampled_one_in"] > 1) == (sampled_one_in > 1)
    assert answer["total"]["p50"] == 100_000_000  # the total is of all
    found = {stage["stage"]: stage for stage in answer["stages"]}
    assert found["s"]["share_near"]["p50"] == pytest.approx(0.8)
    assert found["s"]["mean_near"]["p99"] == pytest.approx(800_000_000)
    assert found[None]["mean_near"]["p99"] == pytest.approx(200_000_000)
    assert found["s"]["requests"] == pytest.approx(20_000, rel=0.15)
    assert found["s"]["what_if"]["p99"] == 280_000_000  # a second less what the step takes over its median of 80 ms
