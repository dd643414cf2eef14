"""Reliability: what failed, openly or silently, what was tried again, and how every hop fares."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from sightline.measure import reliability
from sightline.query import parse_width
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import Asker, AskerParam, ProjectParam
from sightline.serve.api.downloads import DOWNLOADS, Format, FormatParam, download_models
from sightline.serve.api.economics import GroupByParam, IntervalParam, LimitParam, MoneyParamsDep
from sightline.serve.api.errors import NOT_FOUND
from sightline.serve.reliability_models import (
    AvailabilityResponse,
    CaseGroup,
    Chain,
    ErrorsResponse,
    HopEdge,
    HopsResponse,
    ModelAvailability,
    RetriesResponse,
    SessionsResponse,
    SilentFailuresResponse,
    StandingResponse,
)

router = APIRouter(prefix="/reliability", tags=["reliability"])


@router.get("/errors", response_model=ErrorsResponse, responses=DOWNLOADS, summary="Errors")
async def get_errors(
    asker: AskerParam,
    params: MoneyParamsDep,
    group_by: GroupByParam = None,
    interval: IntervalParam = None,
    limit: LimitParam = 20,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Errors where they began, by groups (by type unless told otherwise) and over time, and what was said most often."""
    asked = params.asked(["error_type"] if group_by is None else group_by)
    work = reliability.errors(asker.reader, asked, interval=interval, limit=limit)
    return await _answered(asker, work, format, "errors", "groups", CaseGroup, group_by=asked.group_by)


@router.get("/silent-failures", response_model=SilentFailuresResponse, responses=DOWNLOADS, summary="Silent failures")
async def get_silent_failures(
    asker: AskerParam,
    params: MoneyParamsDep,
    group_by: GroupByParam = None,
    interval: IntervalParam = None,
    limit: LimitParam = 20,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """What failed and was not reported: by kind, by groups (by stage unless told otherwise) and over time."""
    asked = params.asked(["stage"] if group_by is None else group_by)
    work = reliability.silent_failures(asker.reader, asked, interval=interval, limit=limit)
    return await _answered(asker, work, format, "silent-failures", "groups", CaseGroup, group_by=asked.group_by)


@router.get("/availability", response_model=AvailabilityResponse, responses=DOWNLOADS, summary="Availability of providers")
async def get_availability(
    asker: AskerParam,
    params: MoneyParamsDep,
    interval: IntervalParam = None,
    limit: LimitParam = 50,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Of the calls that could have been answered, those that were: by provider and model, in all and over time, with intervals."""
    work = reliability.availability(asker.reader, params.asked(), interval=interval, limit=limit)
    return await _answered(asker, work, format, "availability", "models", ModelAvailability)


@router.get("/retries", response_model=RetriesResponse, responses=DOWNLOADS, summary="Retries and fallbacks")
async def get_retries(
    asker: AskerParam,
    params: MoneyParamsDep,
    limit: LimitParam = 50,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Tries for an answer, chains of models that stood in for each other, time-outs, streams that broke off, room below rate limits."""
    return await _answered(asker, reliability.retries(asker.reader, params.asked(), limit=limit), format, "retries", "chains", Chain)


@router.get("/sessions", response_model=SessionsResponse, summary="Sessions")
async def get_sessions(
    asker: AskerParam,
    params: MoneyParamsDep,
    quiet: Annotated[str, Query(max_length=20, description="A session is over when nothing came for so long.", examples=["30m"])] = "30m",
) -> Response:
    """Turns, sessions that ended without an answer, and how long the others took."""
    return answer(await asker.answer(reliability.sessions(asker.reader, params.asked(), quiet_ns=parse_width(quiet))))


@router.get("/hops", response_model=HopsResponse, responses=DOWNLOADS, summary="The map of hops")
async def get_hops(
    asker: AskerParam,
    params: MoneyParamsDep,
    limit: Annotated[int, Query(ge=1, le=1_000, description="Edges at the most.")] = 200,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Which stage runs inside which, with traffic, errors, P95, silent failures; and hops that some requests lack and their like have."""
    return await _answered(asker, reliability.hops(asker.reader, params.asked(), limit=limit), format, "hops", "edges", HopEdge)


@router.get("/standing", response_model=StandingResponse, responses=NOT_FOUND, summary="A trace's spans among their like")
async def get_standing(
    asker: AskerParam,
    trace_id: Annotated[str, Query(pattern="^[0-9a-fA-F]{32}$", description="32 hex digits.")],
    project: ProjectParam = "default",
    around: Annotated[str, Query(max_length=20, description="The like are looked for so long before it and after.")] = "24h",
) -> Response:
    """Of the spans of the same stage and model, how many were faster."""
    return answer(await asker.answer(reliability.standing(asker.reader, project, trace_id, around_ns=parse_width(around))))


async def _answered(
    asker: Asker,
    work: Coroutine[Any, Any, Mapping[str, Any]],
    format: Format,  # noqa: A002 - the API's word
    name: str,
    part: str,
    model: type[BaseModel],
    *,
    group_by: Sequence[str] = (),
) -> Response:
    """The whole answer as JSON, or its table, which is `part` of it, as a file."""
    found = await asker.answer(work)
    if format == "json":
        return answer(found)
    return await asker.answer(download_models(asker.reader, found[part], model, format, name, group_by=group_by))
