"""Comparisons of two arms of production traffic: kept in the configuration, measured in the telemetry."""

import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from sightline.measure import experiments
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import AskerParam, ProjectParam
from sightline.serve.api.budgets import ConfigParam
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.experiment_models import LiveResult, LiveTest, LiveTestRequest, LiveTestsResponse
from sightline.store import LiveTestTerms

router = APIRouter(prefix="/live-tests", tags=["experiments"])

TestIdParam = Annotated[str, Path(alias="id", max_length=64, examples=["5f3c2c1f7d0a4f0f8a4c6d7e8f901234"])]


@router.get("", response_model=LiveTestsResponse, summary="List comparisons of live traffic")
async def get_tests(config: ConfigParam, project: ProjectParam = "default") -> Response:
    """A project's, the newest first."""
    return answer({"tests": [asdict(test) for test in await config.live_tests.all(project)]})


@router.post("", response_model=LiveTest, status_code=201, summary="Compare live traffic")
async def post_test(config: ConfigParam, request: LiveTestRequest, project: ProjectParam = "default") -> Response:
    """Two arms from a moment on: which difference matters is said before anyone looks."""
    said = request.model_dump()
    started = (request.started or datetime.now(UTC)).astimezone(UTC)
    terms = LiveTestTerms(**{**said, "project": project, "started": started})
    experiments.check(terms)
    return answer(asdict(await config.live_tests.add(terms)), status=201)


@router.get("/{id}", response_model=LiveResult, responses=NOT_FOUND, summary="Where a comparison stands")
async def get_test(asker: AskerParam, config: ConfigParam, id_: TestIdParam, project: ProjectParam = "default") -> Response:
    """Both arms, their difference with an interval that holds whenever you look, and whether it can stop."""
    test = await config.live_tests.get(project, id_)
    found = await asker.answer(experiments.live(asker.reader, test, now_ns=time.time_ns()))
    return answer({"test": asdict(test), **found})


@router.post("/{id}/end", response_model=LiveTest, responses=NOT_FOUND, summary="End a comparison")
async def post_end(config: ConfigParam, id_: TestIdParam, project: ProjectParam = "default") -> Response:
    """What comes from now on is not looked at."""
    return answer(asdict(await config.live_tests.end(project, id_, datetime.now(UTC))))


@router.delete("/{id}", status_code=204, responses=NOT_FOUND, summary="Delete a comparison")
async def delete_test(config: ConfigParam, id_: TestIdParam, project: ProjectParam = "default") -> Response:
    """The traffic stays what it is."""
    await config.live_tests.remove(project, id_)
    return Response(status_code=204)
