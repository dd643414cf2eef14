"""What a judge owes, against the small world's arithmetic: request i of 60, a minute apart, ten sessions of six."""

from collections.abc import Iterator
from typing import Any

import pytest

from sightline.errors import BadFilterError, BadRequestError, UnknownFactError
from sightline.judge import backlog
from sightline.judge.backlog import Target, Version
from sightline.judge.definition import Definition, Model, read_toml
from sightline.judge.material import material
from sightline.judge.pairs import compare
from sightline.judge.verdict import Verdict
from sightline.query import LATEST_NS, Window
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.query.world import MINUTE_NS, T0_NS, span_id, trace_id

pytestmark = pytest.mark.anyio
EVERYTHING = Window(0, LATEST_NS)
DAY_NS = backlog.DAY_NS


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    today = world.requests()
    world.insert_spans(engine.connect(), world.requests())
    # the day before: the same with other ids
    for row in today:
        row["start_ns"] -= DAY_NS
        row["trace_id"] = "f" + row["trace_id"][1:]
    world.insert_spans(engine.connect(), today)
    yield engine
    engine.close()


def version(**said: Any) -> Version:
    definition = Definition(model=Model(model="m"), rubric="r", **said)
    return Version("j", 1, "default", "g", definition)


async def owed(engine: Engine, of: Version, window: Window = EVERYTHING, **said: Any) -> list[Target]:
    return await backlog.owed(engine, of, window, now_ns=T0_NS + DAY_NS, rows=said.pop("rows", 1_000), **said)


async def test_the_latest_matching_spans_without_a_score_of_the_version_are_owed(engine: Engine) -> None:
    of = Version("other", 1, "default", "g", version(filter="kind = llm and model = 'claude'").definition)
    found = await owed(engine, of, Window(T0_NS, LATEST_NS))
    assert [target.span_id for target in found] == [span_id(i, 1) for i in range(59, 0, -2)]
    score: world.Row = {
        "project": "default",
        "trace_id": trace_id(59),
        "span_id": span_id(59, 1),
        "session_id": "",
        "name": "g",
        "source": "judge",
    }
    score |= {"author": "other", "version": "1", "value": 1.0, "start": world.at(T0_NS + 59 * MINUTE_NS), "received": world.at(T0_NS)}
    world.insert(engine.connect(), "scores", [score])
    assert [target.span_id for target in await owed(engine, of, rows=1)] == [span_id(57, 1)]
    seen = await backlog.progress(engine, of, Window(T0_NS, LATEST_NS), now_ns=T0_NS)
    assert (seen.matching, seen.selected, seen.judged) == (30, 30, 1)
    # the next version owes it again
    assert [target.span_id for target in await owed(engine, Version("other", 2, "default", "g", of.definition), rows=1)] == [span_id(59, 1)]


async def test_traces_and_sessions_are_owed_too(engine: Engine) -> None:
    traces = await owed(engine, version(target="trace", filter="status = error and kind = request"), Window(T0_NS, LATEST_NS))
    assert [target.trace_id for target in traces] == [trace_id(i) for i in (59, 49, 39, 29, 19, 9)]
    assert {(target.span_id, target.session_id) for target in traces} == {("", "")}
    sessions = await owed(engine, version(target="session"), Window(T0_NS, LATEST_NS))
    assert [target.session_id for target in sessions] == [f"s{i}" for i in range(9, -1, -1)]


async def test_hash_ranges_are_disjoint_and_leave_nothing_out(engine: Engine) -> None:
    of = version(filter="kind = llm")
    parts = [{target.span_id + target.trace_id for target in await owed(engine, of, share=(i, 3))} for i in range(3)]
    whole = {target.span_id + target.trace_id for target in await owed(engine, of)}
    assert set.union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)
    assert all(parts)


async def test_a_uniform_sample_takes_whole_traces_and_keeps_its_rate(engine: Engine) -> None:
    found = await owed(engine, version(sampling={"kind": "uniform", "rate": 0.5}))
    by_trace = {target.trace_id: sum(other.trace_id == target.trace_id for other in found) for target in found}
    assert set(by_trace.values()) == {3}
    assert 40 < len(by_trace) < 80  # of 120; four standard deviations are 22
    assert {target.probability for target in found} == {0.5}


async def test_a_stratified_sample_is_spread_evenly_over_the_groups(engine: Engine) -> None:
    """Environment prod has 50 requests a day, staging 10: of 12 each is to give 6, so p is 6/50 and 6/10; yesterday has no day before."""
    of = version(target="trace", sampling={"kind": "stratified", "rate": 0.2, "by": ["environment"]})
    seen = await backlog.progress(engine, of, Window(T0_NS, LATEST_NS), now_ns=T0_NS)
    assert seen.expected == pytest.approx(12)
    assert {round(target.probability, 9) for target in await owed(engine, of)} <= {0.12, 0.6, 0.2}
    before = await backlog.progress(engine, of, Window(T0_NS - DAY_NS, T0_NS), now_ns=T0_NS)
    assert before.expected == pytest.approx(60 * 0.2)
    spans = version(filter="kind = llm", sampling={"kind": "stratified", "rate": 0.1, "by": ["model", "environment"]})
    assert (await backlog.progress(engine, spans, Window(T0_NS, LATEST_NS), now_ns=T0_NS)).expected == pytest.approx(6)


async def test_a_weighted_sample_takes_the_largest_weight(engine: Engine) -> None:
    boosts = [{"filter": "root.status = error", "weight": 10}, {"filter": "trace.duration_s > 30", "weight": 2}]
    of = version(filter="kind = llm", sampling={"kind": "weighted", "rate": 0.1, "boosts": boosts})
    seen = await backlog.progress(engine, of, Window(T0_NS, LATEST_NS), now_ns=T0_NS)
    # 6 errors at 1; of the others those over 30 s (31 … 60 s, three errors among them) at 0.2; the rest at 0.1
    assert seen.expected == pytest.approx(6 * 1 + 27 * 0.2 + 27 * 0.1)


async def test_a_target_is_read_with_its_trace(engine: Engine) -> None:
    of = version(filter="kind = llm")
    target = (await owed(engine, of, Window(T0_NS, LATEST_NS), rows=1))[0]
    [spans] = await backlog.spans_of(engine, "default", of.definition, [target])
    assert [span["kind"] for span in spans] == ["request", "llm", "tool"]
    assert spans[0]["attributes"]["tags"] == ["t0", "t1", "t2"]
    session = (await owed(engine, version(target="session"), Window(T0_NS, LATEST_NS), rows=1))[0]
    [whole] = await backlog.spans_of(engine, "default", version(target="session").definition, [session])
    assert len({span["trace_id"] for span in whole}) == 6
    assert material("session", "", whole) is not None


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"filter": "kind ="}, BadFilterError),
        ({"filter": "knid = llm"}, UnknownFactError),
        ({"target": "trace", "sampling": {"kind": "stratified", "rate": 0.1, "by": ["root.model"]}}, BadRequestError),
        ({"target": "trace", "sampling": {"kind": "stratified", "rate": 0.1, "by": ["score.x"]}}, BadRequestError),
        ({"sampling": {"kind": "weighted", "rate": 0.1, "boosts": [{"filter": "x = 1", "weight": 2}]}}, UnknownFactError),
    ],
)
def test_a_definition_that_can_not_be_asked_is_told(said: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        backlog.check(version(**said).definition, now_ns=T0_NS)


def test_a_file_is_a_definition() -> None:
    text = 'name = "n"\nrubric = "r"\nfilter = "kind = llm"\n[model]\nmodel = "m"\n[output]\ntype = "ordinal"\nlevels = ["a", "b"]\n'
    found = read_toml(text, where="n.toml")
    assert (found.name, found.project, found.enabled, found.definition.output.levels) == ("n", "default", True, ("a", "b"))
    for broken, says in (("name = ", "n.toml"), ('name = "n"\nrubrik = "r"\n', "definition.rubrik"), ('rubric = "r"\n', "name")):
        with pytest.raises(BadRequestError, match=says):
            read_toml(broken, where="n.toml")


@pytest.mark.parametrize(
    ("says", "winner", "consistent"),
    [
        pytest.param(lambda first, second: "first" if len(first) > len(second) else "second", "second", True, id="by_what_is_in_them"),
        pytest.param(lambda _first, _second: "first", "tie", False, id="by_their_place"),
        pytest.param(lambda _first, _second: "tie", "tie", True, id="undecided"),
    ],
)
async def test_a_pair_is_compared_in_both_orders(says: Any, winner: str, consistent: bool) -> None:
    async def ask(_definition: Definition, found: Any) -> Verdict:
        return Verdict(None, says(found.steps[0][1], found.steps[1][1]))

    found = await compare(ask, version().definition, "which?", "short", "much longer")
    assert found is not None
    assert (found.winner, found.consistent) == (winner, consistent)
