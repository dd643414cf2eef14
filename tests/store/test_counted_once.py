"""A call that several spans tell of counts once, with all that they say of it; and costs what its provider asks."""

import time
from collections.abc import Mapping
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.otlp import new_id, span, traces
from tests.running import Server, eventually
from tests.store.test_settling import settled

Said = Mapping[str, object]
CALL: Said = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.provider.name": "openai"}
USED: Said = {"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100}
CACHED: Said = {"gen_ai.usage.cache_read.input_tokens": 1024, "gen_ai.usage.cache_creation.input_tokens": 100}
LANGFUSE: Said = {"langfuse.observation.usage_details": '{"input": 1500, "cache_read_input_tokens": 300, "output": 1}'}
# gpt-4o-mini: 0.15 and 0.60 USD per million tokens, cached input half
COST = 1000 * 0.15e-6 + 100 * 0.60e-6


def send(server: Server, project: str, by_scope: Mapping[str, list[Span]]) -> None:
    request = ExportTraceServiceRequest()
    for scope, spans in by_scope.items():
        part = traces(spans)
        part.resource_spans[0].scope_spans[0].scope.name = scope
        request.MergeFrom(part)
    assert server.send("traces", request.SerializeToString(), headers={"x-sightline-project": project}).status_code == 200


def nested(outer: Said, inner: Said, *, scopes: tuple[str, str] = ("framework", "client")) -> tuple[bytes, dict[str, list[Span]]]:
    """An outer span of 100 ms around an inner one of 80 ms, in one trace under a root."""
    trace, root, above = new_id(16), new_id(8), new_id(8)
    start = time.time_ns() - 10**9
    made = [
        (scopes[0], span("root", trace_id=trace, span_id=root, start_ns=start, ms=120)),
        (scopes[0], span("outer", said=outer, trace_id=trace, span_id=above, parent_span_id=root, start_ns=start + 5_000_000, ms=100)),
        (scopes[1], span("inner", said=inner, trace_id=trace, parent_span_id=above, start_ns=start + 15_000_000, ms=80)),
    ]
    by_scope: dict[str, list[Span]] = {}
    for scope, one in made:
        by_scope.setdefault(scope, []).append(one)
    return trace, by_scope


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        pytest.param({**CALL, **USED}, {**CALL, **USED}, id="equal_usage"),
        pytest.param({**CALL, **USED, "gen_ai.response.id": "r-1"}, {**CALL, "gen_ai.response.id": "r-1"}, id="one_answers_id"),
        pytest.param({**CALL}, {**CALL, **USED}, id="only_the_inner_says_usage"),
        pytest.param({**CALL, **USED}, {**CALL}, id="only_the_outer_says_usage"),
    ],
)
def test_of_two_spans_of_one_call_the_inner_counts(server: Server, project: str, outer: Said, inner: Said) -> None:
    trace, spans = nested({**outer, "gen_ai.prompt.name": "answer"}, inner)
    send(server, project, spans)
    found = settled(server, project, trace)
    assert (found["outer"]["usage_counted"], found["outer"]["kind"]) == (False, "chain")
    assert (found["inner"]["usage_counted"], found["inner"]["kind"]) == (True, "llm")
    assert (found["inner"]["input_tokens"], found["inner"]["output_tokens"]) == (1000, 100)
    assert found["inner"]["prompt_name"] == "answer", "it takes over what only its wrapper says"
    assert found["inner"]["wrapper_span_id"] == found["outer"]["span_id"]
    assert found["inner"]["cost_usd"] == pytest.approx(COST)
    assert found["outer"]["cost_usd"] is None
    summary = server.get(f"/api/v1/traces/{trace.hex()}", project=project)
    assert (summary["input_tokens"], summary["output_tokens"], summary["llm_count"]) == (1000, 100, 1)
    assert summary["cost_usd"] == pytest.approx(COST)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        pytest.param({**CALL, **USED}, {**CALL, "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 1}, id="another_usage"),
        pytest.param({**CALL, **USED}, {**CALL, "gen_ai.request.model": "gpt-4o"}, id="another_model"),
    ],
)
def test_a_call_inside_another_that_is_not_the_same_counts_too(server: Server, project: str, outer: Said, inner: Said) -> None:
    trace, spans = nested(outer, inner)
    send(server, project, spans)
    found = settled(server, project, trace)
    assert [found[name]["usage_counted"] for name in ("outer", "inner")] == [True, True]
    assert [found[name]["kind"] for name in ("outer", "inner")] == ["llm", "llm"]


def test_a_sum_over_several_calls_is_not_added_to_them(server: Server, project: str) -> None:
    trace, root, agent = new_id(16), new_id(8), new_id(8)
    total = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 2000, "gen_ai.usage.output_tokens": 200}
    calls = [span(f"call {n}", said={**CALL, **USED}, trace_id=trace, parent_span_id=agent) for n in (1, 2)]
    above = span("agent", said=total, trace_id=trace, span_id=agent, parent_span_id=root)
    send(server, project, {"framework": [span("root", trace_id=trace, span_id=root), above, *calls]})
    found = settled(server, project, trace)
    assert (found["agent"]["usage_counted"], found["agent"]["kind"]) == (False, "agent")
    assert server.get(f"/api/v1/traces/{trace.hex()}", project=project)["input_tokens"] == 2000


def test_a_usage_that_nothing_below_tells_of_counts_where_it_stands(server: Server, project: str) -> None:
    trace, spans = nested({"gen_ai.operation.name": "invoke_agent", **USED, "gen_ai.request.model": "gpt-4o-mini"}, {})
    send(server, project, spans)
    found = settled(server, project, trace)
    assert found["outer"]["usage_counted"]
    assert found["outer"]["cost_usd"] == pytest.approx(COST)


def test_two_instrumentations_side_by_side_are_one_call(server: Server, project: str) -> None:
    trace, root, start = new_id(16), new_id(8), time.time_ns() - 10**9
    said = {**CALL, **USED, "gen_ai.response.id": "msg-1"}
    longer = span("longer", said=said, trace_id=trace, parent_span_id=root, start_ns=start, ms=100)
    shorter = span("shorter", said=said, trace_id=trace, parent_span_id=root, start_ns=start + 5_000_000, ms=90)
    send(server, project, {"one": [span("root", trace_id=trace, span_id=root, start_ns=start, ms=110), longer], "other": [shorter]})
    found = settled(server, project, trace)
    assert [found[name]["usage_counted"] for name in ("longer", "shorter")] == [False, True]


def test_two_calls_of_one_client_with_one_answers_id_are_two(server: Server, project: str) -> None:
    trace, root, start = new_id(16), new_id(8), time.time_ns() - 10**9
    said = {**CALL, **USED, "gen_ai.response.id": "always-the-same"}
    calls = [span(f"call {n}", said=said, trace_id=trace, parent_span_id=root, start_ns=start + n * 10**8, ms=90) for n in (1, 2)]
    send(server, project, {"client": [span("root", trace_id=trace, span_id=root, start_ns=start, ms=400), *calls]})
    assert all(one["usage_counted"] for one in settled(server, project, trace).values())


@pytest.mark.parametrize("lone_first", [True, False])
def test_a_call_told_of_in_two_traces_counts_in_its_request(server: Server, project: str, lone_first: bool) -> None:
    start = time.time_ns() - 10**9
    said = {**CALL, **USED, "gen_ai.response.id": f"chatcmpl-{project}-{lone_first}"}
    lone = span("lone", said=said, start_ns=start + 5_000_000, ms=80)
    trace, root = new_id(16), new_id(8)
    inside = [
        span("root", trace_id=trace, span_id=root, start_ns=start, ms=120),
        span("in a request", said=said, trace_id=trace, parent_span_id=root, start_ns=start, ms=100),
    ]
    order = [({"client": [lone]}, lone.trace_id), ({"framework": inside}, trace)]
    for spans, of in order if lone_first else reversed(order):
        send(server, project, spans)
        settled(server, project, of)
    eventually(
        lambda: server.query(
            "count", "sum(input_tokens)", project=project, filter="usage_counted = true and kind = llm and settled = true"
        ),
        lambda rows: rows == [{"count": 1, "sum(input_tokens)": 1000}],
    )
    assert settled(server, project, lone.trace_id)["lone"]["kind"] == "chain"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"gen_ai.usage.input_tokens": 63, **CACHED}, 1187, id="cache_beside"),
        pytest.param({"gen_ai.usage.input_tokens": 1187, **CACHED}, 1187, id="cache_within"),
        pytest.param({"langfuse.observation.type": "generation", **LANGFUSE}, 1800, id="langfuse_keeps_parts_apart"),
        pytest.param({"gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0}, None, id="no_prompt_is_empty"),
        pytest.param({"gen_ai.usage.input_tokens": 1187, "metadata.usage_object": "{'cached_tokens': 1024}"}, 1187, id="litellm"),
    ],
)
def test_input_tokens_include_the_cache_whatever_the_senders_rule(server: Server, project: str, said: Said, expected: int | None) -> None:
    one = span("call", said={**CALL, "gen_ai.usage.output_tokens": 46, **said})
    send(server, project, {"client": [one]})
    assert settled(server, project, one.trace_id)["call"]["input_tokens"] == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({}, {"cost_usd": COST, "input_cost_usd": 150e-6, "output_cost_usd": 60e-6}, id="parts"),
        pytest.param({}, {"price": "openai/gpt-4o-mini"}, id="named"),
        pytest.param(
            {"gen_ai.usage.cache_read.input_tokens": 400},
            {"cost_usd": 600 * 0.15e-6 + 400 * 0.075e-6 + 60e-6, "cache_read_cost_usd": 30e-6},
            id="cached_reads",
        ),
        pytest.param({"sightline.served_from_cache": True}, {"cost_usd": 0.0, "price": "own cache"}, id="own_cache"),
        pytest.param({"gen_ai.request.model": "nobody-knows-it"}, {"cost_usd": None, "price": None}, id="unpriced_is_unknown"),
        pytest.param({"gen_ai.usage.output_tokens": None}, {"cost_usd": None}, id="unknown_usage"),
        pytest.param({"gen_ai.usage.cost": 0.5}, {"cost_usd": COST, "reported_cost_usd": 0.5}, id="reported_beside_ours"),
        pytest.param({"gen_ai.usage.cost": 0.0}, {"reported_cost_usd": None}, id="reported_zero_is_unknown"),
    ],
)
def test_a_call_costs_what_its_price_says(server: Server, project: str, said: Said, expected: dict[str, Any]) -> None:
    everything = {name: value for name, value in {**CALL, **USED, **said}.items() if value is not None}
    one = span("call", said=everything)
    send(server, project, {"client": [one]})
    found = settled(server, project, one.trace_id)["call"]
    for fact, value in expected.items():
        assert found[fact] == (pytest.approx(value) if isinstance(value, float) else value), fact
