"""The trace list and the trace page's data, over HTTP."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sightline.serve.models import SpanDetail, SpanPage, TraceDetail, TracePage
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.query.world import MINUTE_NS, REQUESTS, SECOND_NS, T0_NS, span_id, trace_id


def page(api: httpx.Client, path: str = "/traces", **params: Any) -> dict[str, Any]:
    response = api.get(path, params=params)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def numbers(found: dict[str, Any]) -> list[int]:
    return [int(trace["trace_id"], 16) - 1 for trace in found["traces"]]


def test_the_newest_fifty_traces_come_first(api: httpx.Client) -> None:
    found = page(api)
    assert numbers(found) == list(range(59, 9, -1))
    TracePage.model_validate(found)


def test_a_trace_sums_up_its_spans(api: httpx.Client) -> None:
    (trace,) = page(api, filter=f"trace_id = '{trace_id(9)}'")["traces"]
    assert (
        trace
        | {
            "name": "POST /chat",
            "kind": "request",
            "status": "error",
            "start": "2026-11-01T00:09:00Z",
            "start_ns": str(T0_NS + 9 * MINUTE_NS),
            "duration_ns": 10 * SECOND_NS,
            "span_count": 3,
            "error_count": 1,
            "llm_count": 1,
            "input_tokens": 109,
            "output_tokens": 10,
            "cost_usd": 0.09,
            "models": ["claude"],
            "input_preview": "question 9",
            "user_id": "u2",
            "session_id": "s1",
        }
        == trace
    )


def test_pages_go_on_where_the_last_ended_whatever_arrives_meanwhile(api: httpx.Client, engine: Engine) -> None:
    project = "pages"
    client = engine.connect()
    spans = [span | {"session_id": None} for span in world.requests()]
    world.insert_spans(client, [span for span in spans if span["trace_id"] <= trace_id(49)], project=project)
    seen: list[int] = []
    found = page(api, project=project, limit=7)
    newer = iter(range(50, 60))
    while True:
        seen += numbers(found)
        if (i := next(newer, None)) is not None:
            world.insert_spans(client, [span for span in world.requests() if span["trace_id"] == trace_id(i)], project=project)
        if found["next_cursor"] is None:
            break
        found = page(api, project=project, limit=7, cursor=found["next_cursor"])
    assert seen == list(range(49, -1, -1))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("start", list(range(REQUESTS))),
        ("-start", list(range(REQUESTS - 1, -1, -1))),
        ("-duration_ms", list(range(REQUESTS - 1, -1, -1))),
        # Unknown costs (i % 4 == 3) come last in either direction, by id in that direction.
        ("cost_usd", [*(i for i in range(REQUESTS) if i % 4 != 3), *range(3, REQUESTS, 4)]),
        ("-cost_usd", [*(i for i in reversed(range(REQUESTS)) if i % 4 != 3), *range(REQUESTS - 1, 0, -4)]),
        # Equal keys are told apart by id.
        ("-span_count", list(range(REQUESTS - 1, -1, -1))),
    ],
)
def test_orders_hold_across_pages(api: httpx.Client, order: str, expected: list[int]) -> None:
    seen: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        found = page(api, order=order, limit=11, **cursor)
        seen += numbers(found)
        if found["next_cursor"] is None:
            break
        cursor = {"cursor": found["next_cursor"]}
    assert seen == expected


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        ("2026-11-01T00:10:00Z", "2026-11-01T00:20:00Z"),
        ("2026-11-01T01:10:00+01:00", "2026-11-01T01:20:00+01:00"),
        (str(T0_NS // SECOND_NS + 600), str(T0_NS // SECOND_NS + 1200)),
        (str(T0_NS // 10**6 + 600_000), str(T0_NS // 10**6 + 1_200_000)),
        (str(T0_NS + 10 * MINUTE_NS), str(T0_NS + 20 * MINUTE_NS)),
    ],
)
def test_a_window_is_written_in_any_of_these_ways(api: httpx.Client, from_: str, to: str) -> None:
    assert numbers(page(api, **{"from": from_, "to": to})) == list(range(19, 9, -1))


def test_spans_are_listed_with_every_fact(api: httpx.Client) -> None:
    found = page(api, "/spans", filter="kind = llm and input_tokens = 104")
    SpanPage.model_validate(found)
    (span,) = found["spans"]
    assert span["span_id"] == span_id(4, 1)
    assert (span["model"], span["cost_usd"], span["streamed"], span["ttft_ns"]) == ("gpt-4o", 0.04, True, 5_000_000)
    assert span["http_status"] is None
    assert span["start_ns"] == str(T0_NS + 4 * MINUTE_NS + SECOND_NS // 10)


def test_spans_page_through_everything_once(api: httpx.Client) -> None:
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        found = page(api, "/spans", limit=50, **cursor)
        seen += [span["span_id"] for span in found["spans"]]
        if found["next_cursor"] is None:
            break
        cursor = {"cursor": found["next_cursor"]}
    assert seen == [span_id(i, part) for i in reversed(range(REQUESTS)) for part in (2, 1, 0)]


@pytest.fixture(scope="module")
def storied(engine: Engine) -> str:
    """A trace that says everything a span can say."""
    client = engine.connect()
    trace = "ab" * 16
    root = {
        "trace_id": trace,
        "span_id": "aa" * 8,
        "name": "root",
        "kind": "request",
        "stage": "root",
        "start_ns": T0_NS,
        "duration_ns": SECOND_NS,
        "attr_string": {"empty": "", "nul": "a\x00b", "a.b": "dotted", "é": "😀"},
        "attr_int": {"largest": 2**63 - 1, "smallest": -(2**63)},
        "attr_double": {"nan": float("nan"), "inf": float("inf"), "one": 1.0},
        "attr_bool": {"yes": True},
        "attr_other": {
            "list": '["x",1,null]',
            "none": "null",
            "deep": '{"a":{"b":[1]}}',
            "bytes": '{"$bytes":"AAE="}',
            "half": '"\\ud800"',
        },
        "resource_string": {"service.name": "assistant"},
        "resource_other": {"pid": "7"},
        "links": json.dumps([{"trace_id": "cd" * 16, "span_id": "ef" * 8, "trace_state": "", "attributes": {"why": "follows"}}]),
    }
    child = root | {"span_id": "bb" * 8, "parent_span_id": "aa" * 8, "name": "child", "start_ns": T0_NS + 1_000}
    world.insert_spans(client, [dict(root), dict(child)], project="story")
    received = world.at(T0_NS + 2 * SECOND_NS)
    common = {"project": "story", "trace_id": trace, "received": received, "retention": 30}
    world.insert(client, "payloads", [common | {"span_id": "bb" * 8, "content": {"input.value": "x" * 100_000}}])
    event = common | {"name": "first", "source": "span", "severity": "", "body": "", "attr_int": {"k": 1}, "attr_string": {}}
    event |= {"attr_double": {}, "attr_bool": {}, "attr_other": {}, "resource_string": {}, "resource_other": {}, "scope_name": ""}
    world.insert(
        client,
        "events",
        [
            event | {"span_id": "bb" * 8, "time": world.T0, "time_ns": T0_NS + 5},
            event
            | {
                "span_id": "",
                "time": world.T0,
                "time_ns": T0_NS + 4,
                "name": "log",
                "source": "log",
                "severity": "WARN",
                "body": '{"m":1}',
            },
        ],
    )
    score = {"project": "story", "trace_id": trace, "session_id": "", "name": "good", "value": 0.5, "label": None, "source": "judge"}
    score |= {"version": "1", "explanation": "why", "start": world.T0, "received": received}
    world.insert(client, "scores", [score | {"span_id": "bb" * 8}, score | {"span_id": "", "value": None, "label": "fine"}])
    return trace


def test_a_trace_is_read_whole(api: httpx.Client, storied: str) -> None:
    found = page(api, f"/traces/{storied}", project="story")
    TraceDetail.model_validate(found)
    root, child = found["spans"]
    assert root["attributes"] == {
        "empty": "",
        "nul": "a\x00b",
        "a.b": "dotted",
        "é": "😀",
        "largest": 2**63 - 1,
        "smallest": -(2**63),
        "nan": "NaN",
        "inf": "Infinity",
        "one": 1.0,
        "yes": True,
        "list": ["x", 1, None],
        "none": None,
        "deep": {"a": {"b": [1]}},
        "bytes": {"$bytes": "AAE="},
        "half": "\ud800",
    }
    assert root["resource"] == {"service.name": "assistant", "pid": 7}
    assert root["scope"] == {"name": "tests", "version": "1", "attributes": {}}
    assert root["links"] == [{"trace_id": "cd" * 16, "span_id": "ef" * 8, "trace_state": "", "attributes": {"why": "follows"}}]
    assert child["attributes"]["input.value"] == "x" * 100_000
    assert child["events"] == [
        {
            "time": "2026-11-01T00:00:00Z",
            "time_ns": str(T0_NS + 5),
            "name": "first",
            "source": "span",
            "severity": None,
            "body": None,
            "attributes": {"k": 1},
        }
    ]
    # What belongs to the trace alone is shown with its root.
    assert [(event["name"], event["severity"], event["body"]) for event in root["events"]] == [("log", "WARN", {"m": 1})]
    assert [(score["value"], score["label"]) for score in root["scores"]] == [(None, "fine")]
    assert child["scores"] == [
        {
            "name": "good",
            "source": "judge",
            "author": None,
            "version": "1",
            "type": None,
            "value": 0.5,
            "label": None,
            "explanation": "why",
            "confidence": None,
            "judge_trace_id": None,
            "received": "2026-11-01T00:00:02Z",
        }
    ]


def test_a_span_is_read_whole(api: httpx.Client, storied: str) -> None:
    found = page(api, f"/spans/{storied}/{'bb' * 8}", project="story")
    SpanDetail.model_validate(found)
    assert found["attributes"]["input.value"] == "x" * 100_000
    assert found["parent_span_id"] == "aa" * 8
    assert [event["time_ns"] for event in found["events"]] == [str(T0_NS + 5)]


@pytest.mark.parametrize("path", ["/traces/" + "9" * 32, "/traces/x", "/traces/%00'", "/spans/" + "9" * 32 + "/1", "/nothing"])
def test_what_is_not_there_is_a_404_that_says_so(api: httpx.Client, path: str) -> None:
    response = api.get(path)
    assert response.status_code == 404
    assert response.json()["error"]


def test_an_id_in_capitals_is_found(api: httpx.Client, storied: str) -> None:
    assert page(api, f"/traces/{storied.upper()}", project="story")["trace_id"] == storied


def test_a_trace_of_50000_spans_is_answered_without_its_content(api: httpx.Client, engine: Engine) -> None:
    trace = "fe" * 16
    spans = [
        {
            "trace_id": trace,
            "span_id": f"{k + 1:016x}",
            "parent_span_id": None if k == 0 else f"{1:016x}",
            "name": "step",
            "kind": "chain",
            "stage": "step",
            "start_ns": T0_NS + k * 1_000_000,
            "duration_ns": 1_000,
            "attr_string": {"k": str(k)},
        }
        for k in range(50_000)
    ]
    world.insert_spans(engine.connect(), spans, project="large")
    found = page(api, f"/traces/{trace}", project="large")
    assert (found["truncated"], found["span_count"], len(found["spans"])) == (True, 50_000, 50_000)
    assert found["spans"][0]["attributes"] == {}
    TraceDetail.model_validate(found | {"spans": found["spans"][:3]})
    whole = page(api, f"/spans/{trace}/{found['spans'][49_999]['span_id']}", project="large")
    assert whole["attributes"] == {"k": "49999"}


def test_relative_times_count_from_now(api: httpx.Client, engine: Engine) -> None:
    ago = datetime.now(UTC) - timedelta(minutes=30)
    spans = [span for span in world.requests() if span["trace_id"] == trace_id(0)]
    for span in spans:
        span["start_ns"] = int(ago.timestamp()) * SECOND_NS
    world.insert_spans(engine.connect(), spans, project="lately")
    assert numbers(page(api, project="lately", **{"from": "-1h"})) == [0]
    assert numbers(page(api, project="lately", **{"from": "now-1h", "to": "now"})) == [0]
    assert numbers(page(api, project="lately", **{"from": "-10m"})) == []
