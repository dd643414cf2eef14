"""What the response waited for: the engine's walk against a plain one, on trees that no tracer should send."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.store.telemetry import schema
from sightline.store.telemetry.engine import Engine, EngineOptions
from tests.otlp import new_id, span
from tests.running import Server
from tests.store.test_settling import send, settled

STEPS = [
    (files("sightline.store.telemetry") / "sql" / "settle" / f"{name}.sql").read_text()
    for name in ("19_tree_nodes", "20_tree_roots", "21_tree_children", "22_critical_path")
]
TABLES = ("spans", "settling_traces", "settling_buckets", "settling_nodes", "settling_roots", "settling_children", "settling_path")
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
BEGIN_NS = int(BEGIN.timestamp()) * 10**9


@dataclass(frozen=True)
class Node:
    """A span: `parent` is the place of its parent in its trace, -1 for none, -2 for one that never came."""

    parent: int
    start: int
    duration: int | None
    service: str
    kind: str = "chain"
    wire: bool = False


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    """A root, and spans in it, beside it, after it, before it, at once, and on other clocks."""
    nodes = [Node(-1, draw(st.integers(0, 20)), draw(st.integers(0, 100)), "a")]
    for place in range(1, draw(st.integers(1, 14))):
        nodes.append(
            Node(
                draw(st.sampled_from([*range(place), 0, 0, max(0, place - 1), -1, -2])),
                draw(st.integers(-60, 160)),
                draw(st.one_of(st.integers(0, 60), st.just(0), st.none())),
                draw(st.sampled_from("aaab")),
                draw(st.sampled_from(["chain", "llm"])),
                draw(st.booleans()),
            )
        )
    # even times: the middle of a parent is a whole number
    return [
        Node(n.parent, 2 * n.start, None if n.duration is None else 2 * n.duration, n.service, "other" if n.wire else n.kind, n.wire)
        for n in nodes
    ]


def reference(nodes: list[Node]) -> tuple[list[int], list[int]]:
    """Own critical time and self time of each, by walking back from every end through whoever finished last before."""
    length = [node.duration or 0 for node in nodes]
    root = _root(nodes)
    inside: dict[int, list[tuple[int, int]]] = {}  # parent → (child, its start after its parent's)
    for i, node in enumerate(nodes):
        if i == root:
            continue
        if node.parent < 0:
            inside.setdefault(root, []).append((i, node.start - nodes[root].start))
            continue
        parent, after = nodes[node.parent], node.start - nodes[node.parent].start
        on_the_wire = node.wire and parent.kind == "llm" and all(other.parent != i for other in nodes)
        if on_the_wire:
            continue
        apart = after + length[i] <= 0 or after >= length[node.parent]
        if apart and node.service != parent.service:
            after = max(0, (length[node.parent] - length[i]) // 2)
        inside.setdefault(node.parent, []).append((i, after))

    own = [0] * len(nodes)

    def walk(at: int, first: int, until: int) -> None:
        waiting = sorted(inside.get(at, []), key=lambda c: (-(c[1] + length[c[0]]), c[1], c[0]))
        now = until
        while found := [(c, after) for c, after in waiting if max(after, first) < min(after + length[c], now)]:
            child, after = found[0]
            end, begin = min(after + length[child], now), max(after, first)
            own[at] += now - end
            walk(child, begin - after, end - after)
            now = begin
        own[at] += now - first

    walk(root, 0, length[root])
    alone = []
    for i in range(len(nodes)):
        covered = {t for child, after in inside.get(i, []) for t in range(max(0, after), min(length[i], after + length[child]))}
        alone.append(length[i] - len(covered))
    return own, alone


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    engine = Engine(EngineOptions(directory=tmp_path_factory.mktemp("paths"), readers=1))
    client = engine.connect()
    schema.apply(client, retention_days=90)
    yield client
    engine.close()


def walked(client: Client, given: list[list[Node]], *, deepest: int = 200) -> dict[str, list[tuple[int, int]]]:
    """trace → (own critical ns, self ns) of each span, by the engine."""
    for table in TABLES:
        client.command(f"TRUNCATE TABLE {table}")
    rows: list[list[Any]] = []
    for t, nodes in enumerate(given):
        for i, node in enumerate(nodes):
            parent = None if node.parent == -1 else "gone" if node.parent == -2 else f"{node.parent:016x}"
            start = BEGIN + timedelta(microseconds=node.start)
            duration = None if node.duration is None else node.duration * 1000
            rows.append(["p", f"{t}", f"{i:016x}", parent, start, duration, node.service, node.kind, "client" if node.wire else "internal"])
    names = ["project", "trace_id", "span_id", "parent_span_id", "start", "duration_ns", "service", "kind", "span_kind"]
    client.insert("spans", rows, column_names=names)
    client.command("INSERT INTO settling_traces SELECT DISTINCT project, trace_id, now64(9) FROM spans")
    client.command("INSERT INTO settling_buckets SELECT DISTINCT toStartOfFiveMinutes(start) FROM spans")
    for sql in STEPS:
        client.command(sql, parameters={"deepest": deepest} if "{deepest" in sql else None)
    key = "reinterpretAsUInt128(sipHash128(project, trace_id, span_id))"
    found: dict[str, list[tuple[int, int]]] = {}
    for trace, own, alone in client.query(
        f"SELECT trace_id, joinGet('settling_path', 'own_ns', {key}),"
        f" toInt64(ifNull(duration_ns, 0)) - joinGet('settling_children', 'covered_ns', {key}) FROM spans ORDER BY trace_id, span_id"
    ).result_rows:
        found.setdefault(trace, []).append((own, alone))
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(forest=st.lists(trees(), min_size=1, max_size=60))
def test_the_parts_sum_to_the_roots_duration_and_are_those_of_a_plain_walk(client: Client, forest: list[list[Node]]) -> None:
    found = walked(client, forest)
    for t, nodes in enumerate(forest):
        own, alone = reference(nodes)
        assert found[str(t)] == [(a * 1000, b * 1000) for a, b in zip(own, alone, strict=True)], nodes
        assert sum(critical for critical, _ in found[str(t)]) == (nodes[_root(nodes)].duration or 0) * 1000


def _root(nodes: list[Node]) -> int:
    return min((i for i, node in enumerate(nodes) if node.parent == -1), key=lambda i: (nodes[i].start, i))


def test_time_below_the_deepest_belongs_to_the_span_above_it(client: Client) -> None:
    chain = [Node(place - 1, place, 100 - 2 * place, "a") for place in range(6)]
    assert [own for own, _ in walked(client, [chain])["0"]] == [2000] * 5 + [90_000]
    assert [own for own, _ in walked(client, [chain], deepest=3)["0"]] == [2000, 2000, 96_000, 0, 0, 0]


def test_spans_of_a_cycle_and_their_own_parents_wait_for_nothing(client: Client) -> None:
    nodes = [Node(-1, 0, 50, "a"), Node(2, 5, 10, "a"), Node(1, 5, 10, "a"), Node(3, 5, 10, "a")]
    assert [own for own, _ in walked(client, [nodes])["0"]] == [50_000, 0, 0, 0]


def test_a_settled_trace_says_what_was_waited_for(server: Server, project: str) -> None:
    """Two searches at once, then a call that the HTTP client's span lies in: the longer search and the call are waited for."""
    trace, root, call, ms = new_id(16), new_id(8), new_id(8), 1_000_000
    spans = [
        span("answer", trace_id=trace, span_id=root, start_ns=BEGIN_NS, ms=100),
        span("short search", trace_id=trace, parent_span_id=root, start_ns=BEGIN_NS + 10 * ms, ms=10),
        span("long search", trace_id=trace, parent_span_id=root, start_ns=BEGIN_NS + 10 * ms, ms=30),
        span(
            "chat m",
            said={"gen_ai.operation.name": "chat"},
            trace_id=trace,
            span_id=call,
            parent_span_id=root,
            start_ns=BEGIN_NS + 50 * ms,
            ms=45,
        ),
        span("POST", trace_id=trace, parent_span_id=call, start_ns=BEGIN_NS + 51 * ms, ms=40, kind=3),
    ]
    send(server, project, *spans)
    settled(server, project, trace)
    rows = server.query("sum(critical_ns)", "sum(self_ns)", project=project, group_by=["name"])
    assert {row["name"]: (row["sum(critical_ns)"], row["sum(self_ns)"]) for row in rows} == {
        "answer": (25 * ms, 25 * ms),
        "short search": (0, 10 * ms),
        "long search": (30 * ms, 30 * ms),
        "chat m": (45 * ms, 45 * ms),
        "POST": (0, 40 * ms),
    }
