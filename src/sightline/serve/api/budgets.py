"""Budgets: kept in the configuration, measured in the telemetry."""

import asyncio
import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from sightline.errors import BadRequestError, StoreClosedError
from sightline.measure.economics import budgets
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam, ProjectParam
from sightline.serve.api.downloads import DOWNLOADS, Column, FormatParam, download
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.budget_models import Budget, BudgetChange, BudgetRequest, BudgetsResponse, BudgetStatusResponse
from sightline.store import Budget as Kept
from sightline.store import Configuration

router = APIRouter(prefix="/economics/budgets", tags=["economics"])

BudgetIdParam = Annotated[str, Path(alias="id", max_length=64, examples=["5f3c2c1f7d0a4f0f8a4c6d7e8f901234"])]

_AT_ONCE = 4


def _configuration(request: Request) -> Configuration:
    config: Configuration | None = getattr(request.state, "config", None)
    if config is None:
        raise StoreClosedError("The configuration database is not open yet.")
    return config


ConfigParam = Annotated[Configuration, Depends(_configuration)]


@router.get("", response_model=BudgetsResponse, summary="List budgets")
async def get_budgets(config: ConfigParam, project: ProjectParam = "default") -> Response:
    """A project's budgets as they were made."""
    return answer({"budgets": [asdict(budget) for budget in await config.budgets.all(project)]})


@router.post("", response_model=Budget, status_code=201, summary="Make a budget")
async def post_budget(config: ConfigParam, request: BudgetRequest) -> Response:
    """An amount for a day, a week, a month or a quarter, on everything or on what a filter selects; with `group_by` for each group."""
    terms = request.terms()
    budgets.check(terms)
    return answer(asdict(await config.budgets.add(terms)), status=201)


@router.get("/status", response_model=BudgetStatusResponse, responses=DOWNLOADS, summary="Where budgets stand")
async def get_status(
    asker: AskerParam,
    config: ConfigParam,
    project: ProjectParam = "default",
    groups: Annotated[int, Query(ge=1, le=200, description="Of a budget by groups: how many of them at the most.")] = 20,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """What was spent of each budget in its period, what will have been by the end with an interval, and how fast it burns."""
    now_ns = time.time_ns()
    kept = await config.budgets.all(project)
    # A few at once: each is one question, and the engine answers as many as it has readers.
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(budget: Kept) -> list[dict[str, Any]]:
        async with turns:
            return await budgets.status(asker.reader, budget, now_ns=now_ns, groups=groups)

    async def everything() -> list[dict[str, Any]]:
        return [status for found in await asyncio.gather(*(one(budget) for budget in kept)) for status in found]

    found = await asker.answer(everything())
    if format == "json":
        return answer({"budgets": found})
    return await asker.answer(download(asker.reader, [_flat(status) for status in found], _COLUMNS, format, f"budgets-{project}"))


@router.get("/{id}", response_model=Budget, responses=NOT_FOUND, summary="Read a budget")
async def get_budget(config: ConfigParam, id_: BudgetIdParam) -> Response:
    """A budget as it was made."""
    return answer(asdict(await config.budgets.get(id_)))


@router.put("/{id}", response_model=Budget, responses=NOT_FOUND, summary="Change a budget")
async def put_budget(config: ConfigParam, id_: BudgetIdParam, request: BudgetChange) -> Response:
    """Replaces its terms; it keeps its project, and the day it starts on unless another is given."""
    kept = await config.budgets.get(id_)
    if "project" not in request.model_fields_set:
        request = request.model_copy(update={"project": kept.project})
    if request.project != kept.project:
        raise BadRequestError(f"project: A budget stays in its project ({kept.project}): make another one.")
    if "starts" not in request.model_fields_set:
        request = request.model_copy(update={"starts": kept.starts})
    terms = request.terms()
    budgets.check(terms)
    return answer(asdict(await config.budgets.replace(id_, terms)))


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete a budget")
async def delete_budget(config: ConfigParam, id_: BudgetIdParam) -> Response:
    """What was spent stays what it is."""
    await config.budgets.remove(id_)
    return Response(status_code=204)


_COLUMNS = [
    Column("id", "string"),
    Column("name", "string"),
    Column("group", "string"),
    Column("period", "string"),
    Column("from", "time"),
    Column("to", "time"),
    Column("amount_usd", "number", "USD"),
    Column("spent_usd", "number", "USD"),
    Column("share_spent", "number"),
    Column("share_elapsed", "number"),
    Column("priced_share", "number"),
    Column("forecast_usd", "number", "USD"),
    Column("forecast_low_usd", "number", "USD"),
    Column("forecast_high_usd", "number", "USD"),
    *(Column(f"burn_rate_{window}", "number") for window in budgets.BURN_WINDOWS_S),
    Column("exhausted_at", "time"),
    Column("over", "boolean"),
    Column("why", "string"),
]


def _flat(status: dict[str, Any]) -> dict[str, Any]:
    """A status as a row of a table; its series is not in it."""
    low, high = status["forecast_interval"] or (None, None)
    return {
        **{name: status["budget"][name] for name in ("id", "name", "amount_usd")},
        **status,
        "group": None if status["group"] is None else status["group"][0],
        "period": status["budget"]["period"],
        "from": status["period"]["from"],
        "to": status["period"]["to"],
        "forecast_low_usd": low,
        "forecast_high_usd": high,
        **{f"burn_rate_{burn['window']}": burn["rate"] for burn in status["burn_rates"]},
    }
