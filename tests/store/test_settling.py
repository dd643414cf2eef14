"""What settling adds, seen through the API of a running server."""

import time

import httpx
import pytest

from tests.otlp import new_id, span, traces
from tests.running import Server, eventually


def send(server: Server, project: str, *spans: object) -> None:
    body = traces(spans).SerializeToString()  # type: ignore[arg-type]
    assert server.send("traces", body, headers={"x-sightline-project": project}).status_code == 200


def settled(server: Server, project: str, trace: bytes) -> dict[str, dict[str, object]]:
    """The trace's spans by name, once all are settled."""

    def ask() -> httpx.Response:
        return httpx.get(f"{server.url}/api/v1/traces/{trace.hex()}", params={"project": project})

    answer = eventually(ask, lambda r: r.status_code == 200 and r.json()["settled"] and all(s["settled"] for s in r.json()["spans"]))
    return {one["name"]: one for one in answer.json()["spans"]}


def family(**said: dict[str, object]) -> tuple[bytes, list[object]]:
    """root → middle → leaf, and an orphan; `said` are the attributes of each."""
    trace, ids = new_id(16), {name: new_id(8) for name in ("root", "middle", "leaf", "gone")}
    parents = {"root": b"", "middle": ids["root"], "leaf": ids["middle"]}
    spans = [span(name, said=said.get(name), trace_id=trace, span_id=ids[name], parent_span_id=parents[name]) for name in parents]
    spans.append(span("orphan", said=said.get("orphan"), trace_id=trace, parent_span_id=ids["gone"]))
    return trace, list(spans)


def test_a_span_inherits_from_its_nearest_ancestor_that_knows(server: Server, project: str) -> None:
    trace, spans = family(root={"sightline.tenant": "acme", "user.id": "root-user"}, middle={"user.id": "middle-user"})
    send(server, project, *spans)
    found = settled(server, project, trace)
    assert [found[name]["user_id"] for name in ("root", "middle", "leaf")] == ["root-user", "middle-user", "middle-user"]
    assert [found[name]["tenant"] for name in ("root", "middle", "leaf")] == ["acme"] * 3


def test_an_orphan_inherits_from_the_root(server: Server, project: str) -> None:
    trace, spans = family(root={"sightline.task": "answer"})
    send(server, project, *spans)
    assert settled(server, project, trace)["orphan"]["task"] == "answer"


def test_the_traces_only_value_reaches_those_above_it(server: Server, project: str) -> None:
    trace, spans = family(leaf={"session.id": "s-1"})
    send(server, project, *spans)
    assert {one["session_id"] for one in settled(server, project, trace).values()} == {"s-1"}


def test_a_value_that_is_not_the_only_one_goes_nowhere_but_down(server: Server, project: str) -> None:
    trace, spans = family(leaf={"session.id": "s-1"}, orphan={"session.id": "s-2"})
    send(server, project, *spans)
    found = settled(server, project, trace)
    assert (found["root"]["session_id"], found["leaf"]["session_id"], found["orphan"]["session_id"]) == (None, "s-1", "s-2")


def test_the_task_is_the_roots_name_unless_somebody_says_better(server: Server, project: str) -> None:
    trace, spans = family()
    send(server, project, *spans)
    assert {one["task"] for one in settled(server, project, trace).values()} == {"root"}


def test_a_late_span_unsettles_its_trace_and_is_settled_with_it(server: Server, project: str) -> None:
    trace, spans = family(root={"user.id": "u"})
    send(server, project, *spans[:-1])
    settled(server, project, trace)
    send(server, project, span("late", trace_id=trace, parent_span_id=spans[0].span_id))  # type: ignore[attr-defined]
    found = eventually(lambda: settled(server, project, trace), lambda found: "late" in found)
    assert found["late"]["user_id"] == "u"
    rows = server.get("/api/v1/traces", project=project)["traces"]
    assert [(row["trace_id"], row["span_count"]) for row in rows] == [(trace.hex(), 4)]


def test_the_same_span_in_another_body_is_one_and_the_last_received_wins(server: Server, project: str) -> None:
    one = span("first", said={"try": 1})
    again = span("second", said={"try": 2}, trace_id=one.trace_id, span_id=one.span_id)
    send(server, project, one)
    send(server, project, again)
    send(server, project, span("neighbour", trace_id=one.trace_id), again)
    found = eventually(lambda: settled(server, project, one.trace_id), lambda found: len(found) == 2)
    assert found["second"]["attributes"] == {"try": 2}
    total = eventually(lambda: server.get("/api/v1/ledger", project=project)["total"], lambda total: total["duplicate"] == 2)
    assert (total["received"], total["stored"], total["rejected"]) == (4, 2, 0)
    assert server.count(project=project) == 2


def test_the_same_body_again_is_acknowledged_and_counted_as_duplicate(server: Server, project: str) -> None:
    body = traces([span(), span()]).SerializeToString()
    for _ in range(3):
        assert server.send("traces", body, headers={"x-sightline-project": project}).status_code == 200
    total = eventually(lambda: server.get("/api/v1/ledger", project=project)["total"], lambda total: total["received"] == 6)
    assert (total["stored"], total["duplicate"], total["rejected"]) == (2, 4, 0)
    assert server.count(project=project) == 2


def test_retries_and_fallbacks_are_counted_among_siblings(server: Server, project: str) -> None:
    trace, root, now = new_id(16), new_id(8), time.time_ns()
    llm = {"gen_ai.operation.name": "chat", "sightline.stage": "generate"}
    spans = [span("root", trace_id=trace, span_id=root, start_ns=now)]
    for step, (model, failed) in enumerate((("a", True), ("a", True), ("b", False))):
        one = span(
            f"call {step}",
            said=llm | {"gen_ai.request.model": model},
            trace_id=trace,
            parent_span_id=root,
            start_ns=now + step * 10_000_000,
            status={"code": 2 if failed else 1},
        )
        spans.append(one)
    send(server, project, *spans)
    found = settled(server, project, trace)
    assert [found[f"call {step}"]["attempt"] for step in range(3)] == [1, 2, 3]
    assert [found[f"call {step}"]["fallback_of"] for step in range(3)] == [None, None, spans[2].span_id.hex()]


def test_requests_are_summed_up_from_their_spans(server: Server, project: str) -> None:
    trace, root, now = new_id(16), new_id(8), time.time_ns()
    call = {
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 10,
        "gen_ai.response.model": "m",
    }
    spans = [
        span("root", trace_id=trace, span_id=root, start_ns=now, ms=900),
        span("one", said=call, trace_id=trace, parent_span_id=root, start_ns=now + 100_000_000, ms=100),
        span(
            "two",
            said=call | {"gen_ai.response.time_to_first_chunk": 0.25},
            trace_id=trace,
            parent_span_id=root,
            start_ns=now + 300_000_000,
            ms=500,
            status={"code": 2},
        ),
    ]
    send(server, project, *spans)
    settled(server, project, trace)
    (row,) = server.get("/api/v1/traces", project=project)["traces"]
    assert (row["span_count"], row["llm_count"], row["error_count"], row["status"]) == (3, 2, 1, "unset")
    assert (row["input_tokens"], row["output_tokens"], row["models"]) == (200, 20, ["m"])
    # no TTFT of its own: from the root's start to the first token of the LLM span that started last
    assert (row["duration_ns"], row["ttft_ns"]) == (900_000_000, 550_000_000)


def test_a_trace_is_shown_once_at_every_moment_of_its_settling(server: Server, project: str) -> None:
    said: list[tuple[int, int, bool]] = []
    sent = 0
    while not (said and said[-1][2] and sent >= 60):
        if sent < 60:
            for _ in range(5):
                send(server, project, span("root", trace_id=new_id(16)), span("other", trace_id=new_id(16)))
                sent += 2
        rows = server.get("/api/v1/traces", project=project, limit=1000)["traces"]
        said.append((len(rows), len({row["trace_id"] for row in rows}), len(rows) == sent and all(row["settled"] for row in rows)))
    assert [shown for shown, _, _ in said] == [distinct for _, distinct, _ in said]
    assert [shown for shown, _, _ in said] == sorted(shown for shown, _, _ in said), "a trace vanished while it settled"


@pytest.mark.parametrize("count", [50_000])
def test_a_trace_of_fifty_thousand_spans_is_stored_and_shown(server: Server, project: str, count: int) -> None:
    trace, root = new_id(16), new_id(8)
    now = time.time_ns() - 10**9
    spans = [span("root", trace_id=trace, span_id=root, start_ns=now, ms=1000)]
    spans += [span(f"step {i % 7}", trace_id=trace, parent_span_id=root, start_ns=now + i) for i in range(count - 1)]
    send(server, project, *spans)
    eventually(lambda: server.count(project=project, filter="settled = true"), lambda n: n == count, within_s=60)
    whole = server.get(f"/api/v1/traces/{trace.hex()}", project=project)
    assert (len(whole["spans"]), whole["span_count"], whole["truncated"]) == (count, count, True)
