"""Latency: how long it took, what was waited for, and what moved."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from sightline.measure import latency
from sightline.measure.latency import Asked, Of
from sightline.query import Filter, both
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import MAX_FILTER_CHARS, Asker, AskerParam, FromParam, ProjectParam, ToParam, scene
from sightline.serve.api.downloads import DOWNLOADS, Format, FormatParam, download_models
from sightline.serve.latency_models import (
    CompareResponse,
    HeatmapResponse,
    LostGroup,
    LostResponse,
    PercentileGroup,
    PercentilesResponse,
    Stage,
    StagesResponse,
    TokenModel,
    TokensResponse,
)

router = APIRouter(prefix="/latency", tags=["latency"])

GroupByParam = Annotated[
    list[str] | None,
    Query(max_length=5, description="A fact, attributes['…'] or resource['…']; may be repeated.", examples=[["stage"]]),
]
IntervalParam = Annotated[str | None, Query(max_length=20, description="A width of time like 5m, 1h or 1d; fits the window if left out.")]
LimitParam = Annotated[int, Query(ge=1, le=500, description="Groups at the most.")]
OfParam = Annotated[Of, Query(description="Whole requests, or single spans.")]
MeasureParam = Annotated[
    str, Query(max_length=100, description="Of requests: duration_ns or ttft_ns. Of spans also time_per_output_token_ns, queue_ns …")
]
FilterParam = Annotated[
    str,
    Query(
        max_length=MAX_FILTER_CHARS,
        description="See docs/filter-language.md. Requests match when one of their spans does.",
        examples=["environment = 'prod'"],
    ),
]


@dataclass(frozen=True, slots=True)
class TimeParams:
    """What every question of time takes."""

    project: ProjectParam = "default"
    from_: FromParam = None
    to: ToParam = None
    filter: FilterParam = ""

    def asked(self, of: Of = "requests", measure: str = "duration_ns", group_by: list[str] | None = None) -> Asked:
        """Raises BadTimeError and BadFilterError."""
        return Asked(scene(self.project, self.from_, self.to), Filter.parse(self.filter), group_by or [], of, measure)


TimeParamsDep = Annotated[TimeParams, Depends(TimeParams)]


@router.get("/percentiles", response_model=PercentilesResponse, responses=DOWNLOADS, summary="Percentiles")
async def get_percentiles(
    asker: AskerParam,
    params: TimeParamsDep,
    of: OfParam = "requests",
    measure: MeasureParam = "duration_ns",
    group_by: GroupByParam = None,
    limit: LimitParam = 50,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Percentiles in all and by groups, the busiest first, with how many values they stand on."""
    work = latency.percentiles(asker.reader, params.asked(of, measure, group_by), limit=limit)
    return await _answered(asker, work, format, "percentiles", "groups", PercentileGroup, group_by=group_by or [])


@router.get("/heatmap", response_model=HeatmapResponse, summary="Latency over time")
async def get_heatmap(
    asker: AskerParam,
    params: TimeParamsDep,
    of: OfParam = "requests",
    measure: MeasureParam = "duration_ns",
    interval: IntervalParam = None,
) -> Response:
    """Counts over time and a logarithmic scale, percentiles over time, and the distribution in all."""
    return answer(await asker.answer(latency.heatmap(asker.reader, params.asked(of, measure), interval=interval)))


@router.get("/stages", response_model=StagesResponse, responses=DOWNLOADS, summary="What was waited for")
async def get_stages(asker: AskerParam, params: TimeParamsDep, format: FormatParam = "json") -> Response:  # noqa: A002 - the API's word
    """Which stage owns the P50 and which the P99, by what requests near them really waited for; and the percentiles, had a stage always
    been as fast as usual.
    """
    return await _answered(asker, latency.stages(asker.reader, params.asked()), format, "stages", "stages", Stage)


@router.get("/lost", response_model=LostResponse, responses=DOWNLOADS, summary="Time lost")
async def get_lost(
    asker: AskerParam,
    params: TimeParamsDep,
    limit: LimitParam = 50,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Time lost to retries and back-off, to rate limits and to fallbacks, and the percentiles without it."""
    return await _answered(asker, latency.lost(asker.reader, params.asked(), limit=limit), format, "lost", "groups", LostGroup)


@router.get("/tokens", response_model=TokensResponse, responses=DOWNLOADS, summary="Latency and length")
async def get_tokens(
    asker: AskerParam,
    params: TimeParamsDep,
    limit: LimitParam = 50,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Slow because long, or because the provider is slow: how much of a change, and of the slowest calls, token counts predict.

    The filter is asked of calls. The window stands against the one before it, as long.
    """
    return await _answered(asker, latency.tokens(asker.reader, params.asked("spans"), limit=limit), format, "tokens", "models", TokenModel)


@router.get("/compare", response_model=CompareResponse, summary="Compare two sides")
async def get_compare(
    asker: AskerParam,
    params: TimeParamsDep,
    of: OfParam = "requests",
    measure: MeasureParam = "duration_ns",
    group_by: GroupByParam = None,
    limit: LimitParam = 20,
    a_from: Annotated[
        str | None,
        Query(max_length=100, description="Side a's window; left out with both filters: the window before, else the same window."),
    ] = None,
    a_to: ToParam = None,
    a_filter: FilterParam = "",
    b_filter: FilterParam = "",
) -> Response:
    """Two windows, releases, models or prompt versions side by side, with intervals on the differences of quantiles and means.

    `filter` holds on both sides, `a_filter` and `b_filter` on one; `from` and `to` are side b's window.
    """
    b = params.asked(of, measure, group_by)
    narrowed = [both([params.filter, side]) for side in (a_filter, b_filter)]
    if a_from is not None or a_to is not None:
        a_scene = scene(params.project, a_from, a_to)
    elif a_filter or b_filter or (before := b.previous) is None:
        a_scene = b.scene
    else:
        a_scene = replace(b.scene, window=before)
    a = replace(b, scene=a_scene, filter=Filter.parse(narrowed[0]))
    b = replace(b, filter=Filter.parse(narrowed[1]))
    return answer(await asker.answer(latency.compare(asker.reader, a, b, limit=limit)))


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
    return await asker.answer(download_models(asker.reader, found[part], model, format, name.replace("_", "-"), group_by=group_by))
