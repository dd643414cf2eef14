"""Budgets over HTTP: made, read, changed, deleted, measured."""

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sightline.serve.budget_models import BudgetsResponse, BudgetStatusResponse
from sightline.serve.models import ErrorResponse
from sightline.store.telemetry.engine import Engine
from tests.query import world
from tests.running import Server
from tests.store import postgres

PATH = "/economics/budgets"
GOOD: dict[str, Any] = {"name": "all", "period": "month", "amount_usd": 100}


def made(api: httpx.Client, **said: Any) -> dict[str, Any]:
    response = api.post(PATH, json=GOOD | said)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def test_a_budget_lives_and_dies(api: httpx.Client, project: str) -> None:
    budget = made(api, project=project, name="  acme  ", filter="kind = llm", group_by="tenant", starts="2026-11-01")
    assert {name: budget[name] for name in ("name", "filter", "group_by", "group_value", "amount_usd", "starts")} == {
        "name": "acme",
        "filter": "kind = llm",
        "group_by": "tenant",
        "group_value": None,
        "amount_usd": 100,
        "starts": "2026-11-01",
    }
    assert api.get(f"{PATH}/{budget['id']}").json() == budget
    assert BudgetsResponse.model_validate(listed := api.get(PATH, params={"project": project}).json())
    assert listed == {"budgets": [budget]}
    # As it was read, changed.
    changed = api.put(f"{PATH}/{budget['id']}", json=budget | {"amount_usd": 7.5, "group_value": "acme"}).json()
    assert changed == budget | {"amount_usd": 7.5, "group_value": "acme", "updated": changed["updated"]}
    assert changed["updated"] > budget["updated"]
    assert api.delete(f"{PATH}/{budget['id']}").status_code == 204
    assert api.get(f"{PATH}/{budget['id']}").status_code == 404
    assert api.get(PATH, params={"project": project}).json() == {"budgets": []}


def test_what_a_change_leaves_out_of_project_and_start_stays(api: httpx.Client, project: str) -> None:
    budget = made(api, project=project, starts="2026-02-03")
    changed = api.put(f"{PATH}/{budget['id']}", json=GOOD | {"amount_usd": 1}).json()
    assert (changed["project"], changed["starts"], changed["amount_usd"]) == (project, "2026-02-03", 1)
    refused = api.put(f"{PATH}/{budget['id']}", json=GOOD | {"project": "elsewhere"})
    assert (refused.status_code, refused.json()["error"].split(":")[0]) == (422, "project")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_that_is_not_there_is_a_404(api: httpx.Client, method: str) -> None:
    response = api.request(method, f"{PATH}/nobody", json=GOOD if method == "PUT" else None)
    assert response.status_code == 404
    assert "There is no budget 'nobody'" in ErrorResponse.model_validate(response.json()).error


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"amount_usd": 0}, "amount_usd: Input should be greater than 0"),
        ({"amount_usd": -1}, "amount_usd: "),
        ({"amount_usd": "NaN"}, "amount_usd: "),
        ({"amount_usd": 1e13}, "amount_usd: "),
        ({"period": "year"}, "period: Input should be 'day', 'week', 'month' or 'quarter'"),
        ({"name": " "}, "name: "),
        ({"name": "a\0b"}, "name: "),
        ({"filter": "a\0b"}, "filter: "),
        ({"name": "\ud800"}, "name: "),
        ({"filter": "modle = 'x'"}, "did you mean 'model'?"),
        ({"group_by": "modle"}, "group_by: Unknown fact 'modle' at column 1: did you mean 'model'?"),
        ({"group_by": "attributes[5]"}, "group_by: "),
        ({"group_value": "x"}, "group_value: It needs a group_by"),
        ({"starts": "soon"}, "starts: "),
        ({"starts": "1066-10-14"}, "starts: "),
        ({"amout": 5}, "amout: "),
    ],
)
def test_terms_that_cannot_be_are_a_422_that_says_what_would_be_right(api: httpx.Client, said: dict[str, Any], says: str) -> None:
    response = api.post(PATH, content=json.dumps(GOOD | said), headers={"content-type": "application/json"})
    assert response.status_code == 422
    error = ErrorResponse.model_validate(response.json())
    assert says in error.error
    assert error.column == (1 if "modle = " in str(said) else None)


def test_status_is_measured(api: httpx.Client, engine: Engine, project: str) -> None:
    now_ns = time.time_ns()
    spans = [
        {
            "trace_id": f"{i + 900:032x}",
            "span_id": f"{i + 900:016x}",
            "name": "chat",
            "kind": "llm",
            "stage": "chat",
            "model": "gpt-4o",
            "tenant": tenant,
            "start_ns": now_ns - 60 * world.SECOND_NS,
            "cost_usd": cost,
            "input_tokens": 5,
        }
        for i, (tenant, cost) in enumerate([("=acme", 3.0), ("globex", 1.0), (None, 0.5)])
    ]
    world.insert_spans(engine.connect(), spans, project=project)
    made(api, project=project, name="by tenant", period="quarter", group_by="tenant", amount_usd=2)
    made(api, project=project, name="whole", period="quarter", amount_usd=100)
    found = api.get(f"{PATH}/status", params={"project": project, "from": "-1h"}).json()
    BudgetStatusResponse.model_validate(found)
    shown = [(entry["budget"]["name"], entry["group"], entry["spent_usd"], entry["over"]) for entry in found["budgets"]]
    assert shown == [
        ("by tenant", ["=acme"], 3, True),
        ("by tenant", ["globex"], 1, False),
        ("by tenant", [None], 0.5, False),
        ("whole", None, 4.5, False),
    ]
    assert found["budgets"][2]["filter"] == "(tenant is null) and (cost_usd is not null)"
    assert all(entry["forecast_interval"] is None and not entry["enough"] for entry in found["budgets"])
    # The number leads to its traces.
    for entry in found["budgets"]:
        traces = api.get("/traces", params={"project": project, "filter": entry["filter"]}).json()["traces"]
        assert sum(trace["cost_usd"] for trace in traces) == entry["spent_usd"]
    rows = api.get(f"{PATH}/status", params={"project": project, "format": "csv"}).text.split("\r\n")
    assert rows[0].startswith("id,name,group,period,from,to,amount_usd,spent_usd")
    assert ",by tenant,'=acme,quarter," in rows[1]
    assert len(rows) == 6


@pytest.mark.parametrize("kept_in", ["config.db", "postgres"])
def test_a_server_that_was_killed_finds_its_budgets_again(tmp_path: Path, kept_in: str) -> None:
    with contextlib.ExitStack() as stack:
        options = {} if kept_in == "config.db" else {"config": stack.enter_context(postgres.running())}
        server = Server(tmp_path / "data", options).start()
        stack.callback(server.kill)
        with httpx.Client(base_url=server.url + "/api/v1", timeout=30) as client:
            budget = made(client)
        server.kill()
        server.start()
        assert server.get(f"/api/v1{PATH}") == {"budgets": [budget]}
        assert server.get(f"/api/v1{PATH}/status")["budgets"][0]["spent_usd"] == 0
        assert server.stop() == 0
    assert (tmp_path / "data" / "config.db").exists() == (kept_in == "config.db")
