"""Economics over HTTP: the answers fit their models, the questions that can't be are refused."""

import csv
import io
from typing import Any

import httpx
import pytest

from sightline.serve import economics_models as models
from sightline.serve.models import Model

WINDOW = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-01T01:00:00Z"}
ANSWERS: dict[str, type[Model]] = {
    "spend": models.SpendResponse,
    "cache": models.CacheResponse,
    "cache/prefixes": models.PrefixesResponse,
    "margin": models.MarginResponse,
    "margin/why": models.MarginWhyResponse,
    "waste": models.WasteResponse,
    "what-if": models.WhatIfResponse,
    "unpriced": models.UnpricedResponse,
    "prices": models.PricesResponse,
}
# What some of them can't do without.
NEEDS: dict[str, dict[str, str]] = {"what-if": {"caching": "true"}}


def asked(api: httpx.Client, name: str, **params: Any) -> dict[str, Any]:
    response = api.get(f"/economics/{name}", params=NEEDS.get(name, {}) | params)
    assert response.status_code == 200, response.text
    ANSWERS[name].model_validate_json(response.content)
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("params", [{}, WINDOW, {"project": "nobody's"}, {"filter": "model = 'gpt-4o' and root.status = ok"}])
@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_fits_its_model(api: httpx.Client, name: str, params: dict[str, str]) -> None:
    asked(api, name, **params)


def test_spend_of_the_small_world(api: httpx.Client) -> None:
    found = asked(api, "spend", group_by=["model", "attributes['tier']"], interval="30m", **WINDOW)
    # i / 100 for the LLM calls of 0…59, unknown for every fourth.
    assert found["total"]["cost_usd"] == pytest.approx(sum(i for i in range(60) if i % 4 != 3) / 100)
    assert (found["total"]["calls"], found["total"]["priced_share"]) == (60, 0.75)
    assert found["previous"] == {"from": "2026-10-31T23:00:00Z", "to": "2026-11-01T00:00:00Z"}
    assert [point["time"] for point in found["series"][::2]] == ["2026-11-01T00:00:00Z", "2026-11-01T00:30:00Z"]
    for group in found["groups"]:
        spans = api.get("/spans", params={"filter": group["filter"], "limit": 100}).json()["spans"]
        assert len([span for span in spans if span["kind"] == "llm"]) == group["now"]["calls"]


@pytest.mark.parametrize("project", ["default", "nobody's"])
@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("spend", "groups"),
        ("cache", "provider_groups"),
        ("cache/prefixes", "prefixes"),
        ("margin", "groups"),
        ("margin/why", "drivers"),
        ("waste", "kinds"),
        ("what-if", "by"),
        ("unpriced", "models"),
        ("prices", "prices"),
    ],
)
def test_a_table_is_a_file_with_the_same_rows(api: httpx.Client, name: str, part: str, project: str) -> None:
    params = NEEDS.get(name, {}) | {"project": project} | WINDOW
    rows = asked(api, name, **params)[part]
    file = api.get(f"/economics/{name}", params=params | {"format": "csv"})
    assert (file.status_code, file.headers["content-type"].partition(";")[0]) == (200, "text/csv")
    assert len(list(csv.DictReader(io.StringIO(file.text, newline=""), strict=True))) == len(rows)
    assert api.get(f"/economics/{name}", params=params | {"format": "parquet"}).content[:4] == b"PAR1"


def test_a_group_in_a_file_has_its_names_and_its_numbers(api: httpx.Client) -> None:
    params = {"group_by": ["model", "attributes['tier']"], **WINDOW}
    groups = asked(api, "spend", **params)["groups"]
    rows = list(csv.DictReader(io.StringIO(api.get("/economics/spend", params=params | {"format": "csv"}).text, newline="")))
    assert groups
    for row, group in zip(rows, groups, strict=True):
        assert [row["model"] or None, row["attributes['tier']"] or None] == group["group"]
        assert float(row["now_calls"]) == group["now"]["calls"]
        assert row["now_cost_usd"] == ("" if group["now"]["cost_usd"] is None else str(group["now"]["cost_usd"]))


@pytest.mark.parametrize(
    ("name", "params", "said"),
    [
        ("spend", {"group_by": "nope"}, "Unknown fact 'nope'"),
        ("spend", {"group_by": ["model", "model"]}, "twice"),
        ("spend", {"interval": "soon"}, "no width of time"),
        ("spend", {"interval": "1ms", **WINDOW, "limit": 10_001}, "limit"),
        ("cache", {"lifetime": "0s"}, "no width of time"),
        ("cache", {"filter": "model ="}, "ends too soon"),
        ("margin", {"from": "now", "to": "-1h"}, "must not lie after"),
        ("margin/why", {"group_by": "models"}, "Unknown fact"),
        ("what-if", {"caching": "false"}, "What if what?"),
        ("what-if", {"model": "nobody's"}, "Nobody knows a price"),
        ("cache/prefixes", {"min_tokens": -1}, "min_tokens"),
    ],
)
def test_a_question_that_can_not_be_is_refused(api: httpx.Client, name: str, params: dict[str, Any], said: str) -> None:
    response = api.get(f"/economics/{name}", params=params)
    assert response.status_code == 422
    assert said in response.json()["error"]


def test_every_endpoint_is_documented(api: httpx.Client, base_url: str) -> None:
    document = httpx.get(base_url.removesuffix("/api/v1") + "/openapi.json").json()
    for name in ANSWERS:
        operation = document["paths"][f"/api/v1/economics/{name}"]["get"]
        assert operation["summary"]
        assert operation["description"]


@pytest.mark.parametrize("name", ["spend", "cache", "margin"])
def test_the_groups_that_are_not_listed_are_counted(api: httpx.Client, name: str) -> None:
    question: dict[str, Any] = {"group_by": ["model"]}
    every = asked(api, name, limit=10_000, **question)
    part = "provider_groups" if name == "cache" else "groups"
    assert (every["limit"], every["more_groups"]) == (10_000, 0)
    some = asked(api, name, limit=1, **question)
    assert (some["limit"], len(some[part]), some["more_groups"]) == (1, 1, len(every[part]) - 1)
    file = api.get(f"/economics/{name}", params=question | {"limit": 1, "format": "csv"})
    assert file.headers["x-more-groups"] == str(some["more_groups"])
    assert len(list(csv.DictReader(io.StringIO(file.text)))) == 1
    refused = api.get(f"/economics/{name}", params=question | {"limit": 10_001})
    assert (refused.status_code, refused.json()["error"]) == (422, "limit: Input should be less than or equal to 10000.")
