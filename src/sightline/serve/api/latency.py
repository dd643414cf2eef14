"""Latency: how long it took, what was waited for, and what moved."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from sightline.measure import latency
from sightline.measure.latency import Asked, Of
from sightline.query import Filter
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import MAX_FILTER_CHARS, Asker, AskerParam, FromParam, ProjectParam, ToParam, scene
from sightline.serve.api.downloads import DOWNLOADS, Format, FormatParam, download_models
from sightline.serve.latency_models import HeatmapResponse, PercentileGroup, PercentilesResponse, Stage, StagesResponse

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
        return Asked(scene(self.project, self.from_, self.to), of, measure, Filter.parse(self.filter), group_by or [])


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
