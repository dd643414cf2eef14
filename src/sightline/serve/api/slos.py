"""Service level objectives: kept in the configuration or in its file, measured in the telemetry."""

import asyncio
import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from sightline.errors import BadRequestError
from sightline.measure.reliability import slos
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam, ProjectParam
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.slo_models import Slo, SloChange, SloRequest, SlosResponse, SloStatusResponse
from sightline.serve.slos_of_file import FILE, slos_of_file
from sightline.store import Slo as Kept

router = APIRouter(prefix="/reliability/slos", tags=["reliability"])

SloIdParam = Annotated[str, Path(alias="id", max_length=64, examples=["5f3c2c1f7d0a4f0f8a4c6d7e8f901234"])]

_AT_ONCE = 4


def _of_file(request: Request) -> list[Kept]:
    settings = getattr(request.state, "settings", None)
    return [] if settings is None else slos_of_file(settings.slos)


OfFileParam = Annotated[list[Kept], Depends(_of_file)]


@router.get("", response_model=SlosResponse, summary="List objectives")
async def get_slos(config: ConfigParam, of_file: OfFileParam, project: ProjectParam = "default") -> Response:
    """A project's objectives as they were made: those of the configuration file first."""
    return answer({"slos": [asdict(slo) for slo in await _all(config, of_file, project)]})


@router.post("", response_model=Slo, status_code=201, summary="Make an objective")
async def post_slo(config: ConfigParam, request: SloRequest) -> Response:
    """A share that has to be good over a rolling window, of everything or of what a filter selects."""
    terms = request.terms()
    slos.check(terms)
    return answer(asdict(await config.slos.add(terms)), status=201)


@router.get("/status", response_model=SloStatusResponse, summary="Where objectives stand")
async def get_status(asker: AskerParam, config: ConfigParam, of_file: OfFileParam, project: ProjectParam = "default") -> Response:
    """The share that was good with its interval, what is left of the error budget, how fast it burns, and which alerts that fires."""
    now_ns = time.time_ns()
    kept = await _all(config, of_file, project)
    # A few at once: each is one question, and the engine answers as many as it has readers.
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(slo: Kept) -> dict[str, Any]:
        async with turns:
            return await slos.status(asker.reader, slo, now_ns=now_ns)

    async def everything() -> list[dict[str, Any]]:
        return list(await asyncio.gather(*(one(slo) for slo in kept)))

    return answer({"slos": await asker.answer(everything())})


@router.get("/{id}", response_model=Slo, responses=NOT_FOUND, summary="Read an objective")
async def get_slo(config: ConfigParam, of_file: OfFileParam, id_: SloIdParam) -> Response:
    """An objective as it was made."""
    found = next((slo for slo in of_file if slo.id == id_), None)
    return answer(asdict(found or await config.slos.get(id_)))


@router.put("/{id}", response_model=Slo, responses=NOT_FOUND, summary="Change an objective")
async def put_slo(config: ConfigParam, id_: SloIdParam, request: SloChange) -> Response:
    """Replaces its terms; it keeps its project."""
    _only_kept(id_)
    kept = await config.slos.get(id_)
    if "project" not in request.model_fields_set:
        request = request.model_copy(update={"project": kept.project})
    if request.project != kept.project:
        raise BadRequestError(f"project: An objective stays in its project ({kept.project}): make another one.")
    terms = request.terms()
    slos.check(terms)
    return answer(asdict(await config.slos.replace(id_, terms)))


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete an objective")
async def delete_slo(config: ConfigParam, id_: SloIdParam) -> Response:
    """What happened stays what it is."""
    _only_kept(id_)
    await config.slos.remove(id_)
    return Response(status_code=204)


def _only_kept(id_: str) -> None:
    if id_.startswith(FILE):
        raise BadRequestError("This objective stands in sightline.toml: change it there and start the server again.")


async def _all(config: Any, of_file: list[Kept], project: str) -> list[Kept]:
    return [*(slo for slo in of_file if slo.project == project), *await config.slos.all(project)]
