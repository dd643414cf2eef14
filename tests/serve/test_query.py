"""Measures, facts, the ledger and projects, over HTTP."""

from typing import Any

import httpx
import pytest

from sightline.serve.models import FactsResponse, LedgerResponse, QueryRequest, QueryResponse
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.query.world import MINUTE_NS, T0


def asked(api: httpx.Client, **body: Any) -> dict[str, Any]:
    response = api.post("/query", json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    QueryResponse.model_validate(found)
    return found


def test_rows_are_keyed_by_what_was_asked_for(api: httpx.Client) -> None:
    found = asked(
        api,
        measures=["count", "sum(cost_usd)", "p50(duration_ms)"],
        group_by=["model"],
        filter="kind = llm and model = 'gpt-4o'",
        **{"from": "2026-11-01T00:00:00Z", "to": "2026-11-01T00:10:00Z"},
        interval="5m",
    )
    # Requests 0, 2, 4 and 6, 8: costs i / 100, durations 10 (i + 1) ms.
    assert found["rows"] == [
        {"time": "2026-11-01T00:00:00Z", "model": "gpt-4o", "count": 3, "sum(cost_usd)": 0.06, "p50(duration_ms)": 30},
        {"time": "2026-11-01T00:05:00Z", "model": "gpt-4o", "count": 2, "sum(cost_usd)": 0.14, "p50(duration_ms)": 80},
    ]
    assert [(column["name"], column["type"], column["unit"], column["approximate"]) for column in found["columns"]] == [
        ("time", "time", None, False),
        ("model", "string", None, False),
        ("count", "integer", None, False),
        ("sum(cost_usd)", "number", "USD", False),
        ("p50(duration_ms)", "number", "ms", False),
    ]


def test_the_documented_example_is_a_question_that_can_be_asked(api: httpx.Client) -> None:
    (example,) = QueryRequest.model_json_schema()["examples"]
    assert asked(api, **example)["rows"] == []


def test_without_a_window_it_is_everything(api: httpx.Client) -> None:
    assert asked(api, measures=["count"])["rows"] == [{"count": 180}]


def test_facts_are_listed_with_their_units_and_words(api: httpx.Client) -> None:
    facts = {fact.name: fact for fact in FactsResponse.model_validate(api.get("/facts").json()).facts}
    assert facts["duration_ms"].unit == "ms"
    assert facts["models"].group == "trace"
    assert "llm" in (facts["kind"].values or [])
    assert all(fact.meaning for fact in facts.values())


@pytest.mark.parametrize(
    ("name", "prefix", "values"),
    [
        ("model", "", ["claude", "gpt-4o"]),
        ("model", "g", ["gpt-4o"]),
        ("user_id", "u", ["u0", "u1", "u2", "u3", "u4", "u5", "u6"]),
        ("attributes['tier']", "", ["free", "gold"]),
        ("resource['host']", "", ["h0", "h1"]),
        ("model", "%", []),
    ],
)
def test_values_are_offered_most_frequent_first(api: httpx.Client, name: str, prefix: str, values: list[str]) -> None:
    response = api.get(f"/facts/{name}/values", params={"prefix": prefix})
    assert response.json() == {"values": values}


def test_an_unknown_fact_has_no_values(api: httpx.Client) -> None:
    assert "'model'" in api.get("/facts/modle/values").json()["error"]


def test_attribute_keys_are_offered(api: httpx.Client) -> None:
    keys = api.get("/attributes").json()["keys"]
    assert set(keys) == {"tier", "n", "ratio", "flag", "tags", "counts", "rare"}
    assert api.get("/attributes", params={"prefix": "ta"}).json() == {"keys": ["tags"]}


def test_projects_are_listed(api: httpx.Client) -> None:
    projects = {project["name"]: project for project in api.get("/projects").json()["projects"]}
    # The last span starts 200 ms after minute 59 and is received two seconds later.
    assert projects["default"] == {"name": "default", "spans": 180, "last_received": "2026-11-01T00:59:02.200000Z"}


def test_the_ledger_adds_up_by_minute_and_reason(api: httpx.Client, engine: Engine) -> None:
    row = {"project": "books", "key": "", "signal": "traces", "reason": "", "received": 10, "stored": 7, "duplicate": 1, "rejected": 0}
    later = world.at(world.T0_NS + MINUTE_NS)
    world.insert(
        engine.connect(),
        "ledger",
        [
            row | {"minute": T0},
            row | {"minute": T0, "reason": "all-zero id", "received": 0, "stored": 0, "duplicate": 0, "rejected": 2},
            row | {"minute": later, "received": 5, "stored": 5, "duplicate": 0},
        ],
    )
    found = LedgerResponse.model_validate(api.get("/ledger", params={"project": "books"}).json())
    assert [(r.minute, r.received, r.stored, r.duplicate, r.rejected, r.reasons) for r in found.rows] == [
        (later, 5, 5, 0, 0, {}),
        (T0, 10, 7, 1, 2, {"all-zero id": 2}),
    ]
    assert found.total == {"received": 15, "stored": 12, "duplicate": 1, "rejected": 2}
    first = api.get("/ledger", params={"project": "books", "to": "2026-11-01T00:01:00Z"}).json()
    assert first["total"] == {"received": 10, "stored": 7, "duplicate": 1, "rejected": 2}


def test_the_openapi_document_describes_every_answer_and_error(base_url: str) -> None:
    document = httpx.get(base_url.removesuffix("/api/v1") + "/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            responses = operation["responses"]
            assert {"422", "503", "504"} <= responses.keys(), path
            good = next(status for status in responses if status.startswith("2"))
            content = {} if good == "204" else responses[good]["content"]  # files are no JSON, and say what they are
            described = good == "204" or content.keys() - {"application/json"} or content["application/json"]["schema"]
            assert described or not path.startswith("/api/v1"), path  # what other systems' clients ask answers as those do
            assert responses["422"]["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorResponse"), path
            assert operation["summary"], path
            assert operation["description"], path
